/**
 * Linux system calls that the JDK does not offer, by JNA. Nothing here decides anything.
 *
 * <p>Two layers: the package-private {@code …Calls} are the man pages, with their names and types; the public classes
 * are what we mean by them. Read {@link io.troupe.syscall.Descriptor} (who closes), {@link io.troupe.syscall.Pidfd},
 * {@link io.troupe.syscall.EventLoop} (the one thread that waits), {@link io.troupe.syscall.UnixChannel} and
 * {@link io.troupe.syscall.SyscallException} (how failures read). Constants and layouts were checked for x86-64 and
 * aarch64 against the headers of Linux 6.18 and glibc 2.36. Uses JNA only.
 */
@NullMarked
package io.troupe.syscall;

import org.jspecify.annotations.NullMarked;
