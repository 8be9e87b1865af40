package io.troupe.launch;

/**
 * A step that the launcher could not do.
 *
 * @param section which list the step stands in
 * @param index its place in that list, from 0
 * @param errno the kernel's error number, or 0 where the failure is not a system call's (a hook's exit status)
 * @param detail what the launcher adds, such as {@code exited with status 3}; may be empty
 */
public record StepFailure(LaunchPlan.Section section, int index, int errno, String detail) {}
