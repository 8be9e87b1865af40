package io.troupe.supervisor.plan;

/** Where a process with a terminal sends the pty's other end. */
public sealed interface ConsoleWish {
    /** Nobody asked for one. */
    record None() implements ConsoleWish {}

    /** To a listening socket of that absolute path. */
    record Socket(String path) implements ConsoleWish {}

    /** To the caller's own terminal, of that many characters. */
    record Local(int rows, int columns) implements ConsoleWish {}
}
