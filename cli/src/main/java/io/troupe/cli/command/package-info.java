/**
 * Commands: the words of each one, and the request they mean.
 *
 * <p>Read {@link io.troupe.cli.command.Command} (what a command is), {@link io.troupe.cli.command.Commands} (the table
 * of all), {@link io.troupe.cli.command.Globals} (the options before the command), {@link io.troupe.cli.command.Parser}
 * (words to values), then one file per command. Uses {@code protocol}, {@code render.Look} and picocli.
 */
@NullMarked
package io.troupe.cli.command;

import org.jspecify.annotations.NullMarked;
