package io.troupe.supervisor.bundle;

/**
 * A limit of setrlimit(2).
 *
 * @param type as written, such as {@code RLIMIT_NOFILE}
 * @param resource the kernel's number of it on x86-64 and aarch64
 * @param soft unsigned; -1 (2^64-1) is infinity
 * @param hard unsigned; never below soft
 */
public record ResourceLimit(String type, int resource, long soft, long hard) {}
