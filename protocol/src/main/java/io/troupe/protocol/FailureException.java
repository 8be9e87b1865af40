package io.troupe.protocol;

/** Carries a {@link Failure} up to whoever answers; never shown as an exception. */
public final class FailureException extends RuntimeException {
    private final transient Failure failure;

    public FailureException(Failure failure) {
        super(failure.line(), null, false, false);
        this.failure = failure;
    }

    public FailureException(FailureCode code, String where, String what, String remedy) {
        this(new Failure(code, where, what, remedy));
    }

    /** {@return what went wrong} */
    public Failure failure() {
        return failure;
    }
}
