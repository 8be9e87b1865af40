package io.troupe.supervisor.bundle;

/**
 * What security modules of the kernel are told of a process.
 *
 * @param apparmor name of the profile; empty for none
 * @param selinux label; empty for none
 */
public record SecurityLabels(String apparmor, String selinux) {
    /** Nothing. */
    public static final SecurityLabels NONE = new SecurityLabels("", "");
}
