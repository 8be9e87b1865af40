package io.troupe.supervisor.container;

/** What is to become of a container once it has been created. */
public enum Intent {
    /** {@code create}: it waits for {@code start}. */
    CREATE(false, false),
    /** {@code run}: its program runs at once, and it is deleted when that has ended. */
    RUN(true, true),
    /** {@code run --detach}: its program runs at once, and it stays until it is deleted. */
    RUN_DETACHED(true, false),
    /** {@code run --keep}: likewise, but the caller waits for its end. */
    RUN_KEPT(true, false);

    private final boolean startsItself;
    private final boolean removesItself;

    Intent(boolean startsItself, boolean removesItself) {
        this.startsItself = startsItself;
        this.removesItself = removesItself;
    }

    /** {@return whether its program runs without a {@code start}} */
    public boolean startsItself() {
        return startsItself;
    }

    /** {@return whether it is deleted when its process has ended} */
    public boolean removesItself() {
        return removesItself;
    }
}
