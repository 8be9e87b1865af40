/**
 * The built distribution, used as its users do: real containers, as root, on this host's kernel.
 *
 * <p>{@link io.troupe.cli.system.Troupe} is one supervisor with directories of its own, {@link
 * io.troupe.cli.system.Bundle} a bundle around busybox; each {@code *IT} class shows one capability. Every class ends
 * with {@code troupe supervisor verify}, which must find nothing left over.
 */
@org.jspecify.annotations.NullMarked
package io.troupe.cli.system;
