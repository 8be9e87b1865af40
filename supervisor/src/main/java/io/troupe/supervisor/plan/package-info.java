/**
 * Bundles to launch plans: pure, without input or output.
 *
 * <p>Read {@link io.troupe.supervisor.plan.Planner} (the order of steps), then a class per section of the specification.
 * Uses {@code bundle}, {@code launch}, records of {@code host}, {@code syscall} for filters, and {@code protocol}.
 */
@NullMarked
package io.troupe.supervisor.plan;

import org.jspecify.annotations.NullMarked;
