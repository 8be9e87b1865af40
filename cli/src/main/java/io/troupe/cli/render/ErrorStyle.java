package io.troupe.cli.render;

/**
 * How failures are told.
 *
 * @param jsonInLog lines for {@code --log} are JSON, else logrus' text
 * @param jsonOnStandardError so are those on standard error, where there is no {@code --log}
 * @param debug a second line says the code and the exit status
 */
public record ErrorStyle(boolean jsonInLog, boolean jsonOnStandardError, boolean debug) {
    /** Text, and no more than is needed. */
    public static final ErrorStyle PLAIN = new ErrorStyle(false, false, false);
}
