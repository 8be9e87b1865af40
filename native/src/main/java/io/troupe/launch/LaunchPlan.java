package io.troupe.launch;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that the launcher does to make one process, in order.
 *
 * <p>Four lists, run by three processes:
 *
 * <ol>
 *   <li>{@code before}: by the client itself, in the runtime's namespaces, before anything is cloned (cgroups, sockets).
 *   <li>{@code join}: by a short-lived process between client and container, already running the sealed binary. It exists
 *       only if this list is not empty, enters existing namespaces, and clones the container's process with
 *       {@code CLONE_PARENT}, so that the client is the parent all the same.
 *   <li>{@code after}: by the client, once the process exists, at the same time as {@code child} (cgroup membership, id
 *       mappings, runtime hooks).
 *   <li>{@code child}: by the container's process itself, running the sealed binary; ends with {@link Step.Exec}.
 * </ol>
 *
 * The two sides meet where the plan says so: {@link Step.Tell} and {@link Step.Await}.
 *
 * @param cloneFlags {@code CLONE_NEW*} flags for {@code clone3(2)}; namespaces to make at birth. Time and late cgroup
 *     namespaces are made by {@link Step.Unshare}
 * @param clones false for a plan that only runs {@code before}, such as hooks after start or delete
 * @param flags how the client behaves around the plan
 */
public record LaunchPlan(
        long cloneFlags,
        boolean clones,
        Set<Flag> flags,
        List<Step> before,
        List<Step> join,
        List<Step> after,
        List<Step> child) {

    /** How the client behaves around the plan. */
    public enum Flag {
        /** Stay after the process runs: forward signals to it, wait for it, report how it ended. */
        FOREGROUND(1),
        /** Relay between the client's own terminal and the pty that {@link Step.Console} makes. */
        LOCAL_TERMINAL(2);

        private final int bit;

        Flag(int bit) {
            this.bit = bit;
        }

        /** {@return the bit that stands for this flag on the wire} */
        public int bit() {
            return bit;
        }
    }

    /** Which of a plan's lists a step stands in. */
    public enum Section {
        BEFORE(0),
        JOIN(1),
        AFTER(2),
        CHILD(3);

        private final int number;

        Section(int number) {
            this.number = number;
        }

        /** {@return the section with this number, if there is one} */
        public static Optional<Section> of(int number) {
            return Arrays.stream(values())
                    .filter(section -> section.number == number)
                    .findFirst();
        }

        /** {@return the number that stands for this section on the wire} */
        public int number() {
            return number;
        }
    }

    public LaunchPlan {
        flags = Set.copyOf(flags);
        before = List.copyOf(before);
        join = List.copyOf(join);
        after = List.copyOf(after);
        child = List.copyOf(child);
    }

    /** {@return the steps of one section, in order} */
    public List<Step> steps(Section section) {
        return switch (section) {
            case BEFORE -> before;
            case JOIN -> join;
            case AFTER -> after;
            case CHILD -> child;
        };
    }
}
