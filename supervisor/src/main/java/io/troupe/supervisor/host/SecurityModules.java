package io.troupe.supervisor.host;

/** Which security modules with labels the kernel has enabled. */
public record SecurityModules(boolean apparmor, boolean selinux) {
    /** None of them. */
    public static final SecurityModules NONE = new SecurityModules(false, false);
}
