package io.troupe.supervisor.container;

import java.util.Arrays;

/** What a checkpoint does to the container. */
public enum Checkpoint {
    /** Its processes end: they are in the images. */
    STOP("stop"),
    /** Its processes end once their memory, which is not in the images, has been fetched. */
    LAZY("lazy"),
    /** After {@link #LAZY}: not all memory was fetched, and its processes go on. */
    GIVEN_UP("given-up"),
    /** Its processes go on. */
    LEAVE_RUNNING("leave-running"),
    /** Only memory is written, ahead of a checkpoint that names these images as its parent; its processes go on. */
    PRE_DUMP("pre-dump");

    private final String word;

    Checkpoint(String word) {
        this.word = word;
    }

    /** {@return the word in the journal; never changes} */
    public String word() {
        return word;
    }

    /**
     * {@return the one of that word}
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Checkpoint of(String word) {
        return Arrays.stream(values())
                .filter(extent -> extent.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no checkpoint of the extent " + word));
    }
}
