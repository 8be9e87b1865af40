package io.troupe.supervisor.bundle;

import java.util.List;

/**
 * A mount of the container.
 *
 * @param destination absolute and normalized, inside the container
 * @param type file system type; {@code bind} for bind mounts, whether said by type or by option
 * @param source for binds absolute, on the host; else as written, {@code none} if absent
 * @param words the options as written
 * @param options what the words mean
 * @spec https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config.md#mounts Runtime Specification, Mounts
 */
public record MountEntry(String destination, String type, String source, List<String> words, MountOptions options) {

    /** {@return the same, with the source of a bind beneath {@code directory} if it is relative} */
    MountEntry resolved(String directory) {
        return bind() ? new MountEntry(destination, type, HostPath.resolved(directory, source), words, options) : this;
    }

    /** {@return whether an existing tree is bound, rather than a new file system mounted} */
    public boolean bind() {
        return options.bind();
    }
}
