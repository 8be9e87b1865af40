package io.troupe.cli.render;

import io.troupe.protocol.CommandLine.Level;

/**
 * How failures are told.
 *
 * @param jsonInLog lines for {@code --log} are JSON, else logrus' text
 * @param jsonOnStandardError so are those on standard error, where there is no {@code --log}
 * @param most the least that is told of; with DEBUG a second line says a failure's code and exit status
 */
public record ErrorStyle(boolean jsonInLog, boolean jsonOnStandardError, Level most) {
    /** Text, and no more than is needed. */
    public static final ErrorStyle PLAIN = new ErrorStyle(false, false, Level.ERROR);
}
