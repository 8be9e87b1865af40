package io.troupe.supervisor.bundle;

import java.util.Map;

/** Words that stand for numbers of the kernel. */
final class Words {
    private Words() {}

    /**
     * {@return the number that a word stands for}
     *
     * @param kind what the words are, such as {@code a scheduling policy}
     * @param example one of them
     */
    static <T> T of(Value value, Map<String, T> numbers, String kind, String example) {
        String word = value.text();
        T number = numbers.get(word);
        if (number == null) {
            throw value.wrong(Value.quoted(word) + " is not " + kind, "Write one such as \"" + example + "\"");
        }
        return number;
    }
}
