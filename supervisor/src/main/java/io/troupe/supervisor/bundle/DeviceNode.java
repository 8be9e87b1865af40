package io.troupe.supervisor.bundle;

/**
 * A device node of {@code linux.devices}.
 *
 * @param path absolute, inside the container
 * @param type {@code c}, {@code b} or {@code p}; {@code u} of the file is {@code c}
 * @param major 0 for a fifo
 * @param mode permission bits, without those of the type; 0666 if absent
 */
public record DeviceNode(String path, char type, int major, int minor, int mode, long uid, long gid) {}
