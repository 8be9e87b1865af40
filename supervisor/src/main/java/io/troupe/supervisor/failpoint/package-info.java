/**
 * Places where a test may kill the supervisor, or the client that it serves, to see that nothing is lost or left over.
 *
 * <p>Read {@link io.troupe.supervisor.failpoint.Failpoint}. Uses {@code syscall} only.
 */
@NullMarked
package io.troupe.supervisor.failpoint;

import org.jspecify.annotations.NullMarked;
