package io.troupe.syscall;

/** The processor that this JVM runs on; the only two that Troupe knows are x86-64 and aarch64. */
final class Machine {
    static final boolean IS_ARM = System.getProperty("os.arch", "").equals("aarch64");

    private Machine() {}
}
