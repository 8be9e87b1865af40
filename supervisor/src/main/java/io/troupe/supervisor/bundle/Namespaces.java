package io.troupe.supervisor.bundle;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The namespaces of a container; a kind that is not listed is the runtime's own. No kind is listed twice.
 *
 * @spec https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config-linux.md#namespaces Runtime Specification,
 *     Namespaces
 */
public record Namespaces(List<Namespace> list) {

    /**
     * One namespace.
     *
     * @param path absolute path of the namespace to join; empty for a new one
     */
    public record Namespace(Kind kind, String path) {
        /** {@return whether it is made, rather than joined} */
        public boolean isNew() {
            return path.isEmpty();
        }
    }

    /** Kinds of namespaces(7). */
    public enum Kind {
        PID("pid", 0x20000000L),
        NETWORK("network", 0x40000000L),
        MOUNT("mount", 0x00020000L),
        IPC("ipc", 0x08000000L),
        UTS("uts", 0x04000000L),
        USER("user", 0x10000000L),
        CGROUP("cgroup", 0x02000000L),
        TIME("time", 0x00000080L);

        private final String word;
        private final long cloneFlag;

        Kind(String word, long cloneFlag) {
            this.word = word;
            this.cloneFlag = cloneFlag;
        }

        /** {@return the name in config.json} */
        public String word() {
            return word;
        }

        /** {@return {@code CLONE_NEW*} of linux/sched.h} */
        public long cloneFlag() {
            return cloneFlag;
        }
    }

    /** {@return the entry of that kind, if any} */
    public Optional<Namespace> of(Kind kind) {
        return list.stream().filter(namespace -> namespace.kind() == kind).findFirst();
    }

    /** {@return whether a namespace of that kind is made} */
    public boolean isNew(Kind kind) {
        return of(kind).filter(Namespace::isNew).isPresent();
    }

    /** {@return whether the container has a namespace of that kind other than the runtime's, made or joined} */
    public boolean has(Kind kind) {
        return of(kind).isPresent();
    }

    /** {@return the kinds that are made} */
    public Set<Kind> made() {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        list.stream().filter(Namespace::isNew).forEach(namespace -> kinds.add(namespace.kind()));
        return kinds;
    }
}
