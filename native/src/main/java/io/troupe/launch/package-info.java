/**
 * The contract between the supervisor, which decides, and the native launcher, which does.
 *
 * <p>A launch plan is data: four lists of typed steps. Read {@link io.troupe.launch.LaunchPlan} (what a plan is), then
 * {@link io.troupe.launch.Step} (what the launcher can do), {@link io.troupe.launch.PlanCodec} (how it travels) and
 * {@link io.troupe.launch.StepFailure} (how a failure comes back). The other side of the contract is
 * {@code src/main/c/contract.h}; a test reads both. Uses nothing of ours.
 */
@NullMarked
package io.troupe.launch;

import org.jspecify.annotations.NullMarked;
