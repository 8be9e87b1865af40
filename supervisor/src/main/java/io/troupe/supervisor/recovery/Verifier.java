package io.troupe.supervisor.recovery;

import io.troupe.protocol.Reply;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.process.Footprint;
import io.troupe.supervisor.process.ProcessIdentity;
import io.troupe.supervisor.registry.Registry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Compares the journal with the host. Changes nothing. */
public final class Verifier {
    private final Supplier<List<Registry.Entry>> containers;
    private final HostView host;
    private final ParkInUse park;

    /**
     * @param containers those that are there: {@link Registry#all}
     */
    public Verifier(Supplier<List<Registry.Entry>> containers, HostView host, ParkInUse park) {
        this.containers = containers;
        this.host = host;
        this.park = park;
    }

    /**
     * {@return what does not agree, a line each} What changes while this looks may be told wrongly.
     *
     * @param former footprints of containers that have been deleted
     */
    public Reply.Findings verify(Collection<Footprint> former) throws IOException {
        List<Registry.Entry> entries = containers.get();
        List<String> lines = new ArrayList<>();
        Set<String> claimed = new HashSet<>();
        for (Registry.Entry entry : entries) {
            Footprint footprint = Orphans.footprint(entry.state());
            claimed.add(footprint.directory());
            claimed.addAll(footprint.allCgroups());
            claimed.addAll(footprint.groups());
            container("container " + entry.name() + ": ", entry.state(), lines);
        }
        unclaimed(former, claimed, lines);
        mounts(lines);
        parks(lines);
        return new Reply.Findings(entries.size(), List.copyOf(lines));
    }

    private void container(String where, ContainerState.Present state, List<String> lines) throws IOException {
        switch (state) {
            case ContainerState.Creating _ -> {
                // What is there is just being made.
            }
            case ContainerState.Alive alive -> alive(where, alive, lines);
            case ContainerState.Stopped stopped ->
                ended(where, stopped, stopped.ending().process(), lines);
            case ContainerState.Deleting deleting ->
                deleting.leftovers().forEach(line -> lines.add(where + "could not be removed: " + line));
        }
    }

    private void alive(String where, ContainerState.Alive state, List<String> lines) throws IOException {
        ProcessIdentity process = state.process();
        if (!host.lives(process)) {
            lines.add(where + "the journal says that its process " + process.pid() + " lives, and there is none such");
        }
        Footprint footprint = Orphans.footprint(state);
        if (!host.isDirectory(footprint.directory())) {
            lines.add(where + "its directory " + footprint.directory() + " is missing");
        }
        for (String cgroup : footprint.cgroups()) {
            if (!host.isDirectory(cgroup)) {
                lines.add(where + "its cgroup " + cgroup + " is missing");
            }
        }
    }

    private void ended(String where, ContainerState.Stopped state, ProcessIdentity process, List<String> lines)
            throws IOException {
        if (host.lives(process)) {
            lines.add(where + "the journal says that its process " + process.pid() + " has ended, and it lives");
        }
        for (String cgroup : Orphans.footprint(state).allCgroups()) {
            List<Integer> pids = host.processesIn(cgroup);
            if (!pids.isEmpty()) {
                lines.add(where + "it is stopped, and processes " + pids + " live in its cgroup " + cgroup);
            }
        }
    }

    private void unclaimed(Collection<Footprint> former, Set<String> claimed, List<String> lines) throws IOException {
        for (String directory : host.privateDirectories()) {
            if (!claimed.contains(directory)) {
                lines.add(directory + ": no container claims this directory");
            }
        }
        Set<String> seen = new HashSet<>(claimed);
        for (Footprint footprint : former) {
            for (String cgroup : footprint.allCgroups()) {
                if (seen.add(cgroup) && host.isDirectory(cgroup)) {
                    lines.add(cgroup + ": the container that this cgroup was made for has been deleted");
                }
            }
            for (String group : footprint.groups()) {
                if (seen.add(group) && host.isDirectory(group)) {
                    lines.add(group + ": the container that this group of resctrl was made for has been deleted");
                }
            }
        }
    }

    private void mounts(List<String> lines) throws IOException {
        String below = host.containersDirectory() + "/";
        for (String point : host.mountPoints()) {
            if (point.startsWith(below) && !shared(point)) {
                lines.add(point + ": no container has a mount on the host");
            }
        }
    }

    private void parks(List<String> lines) throws IOException {
        for (int pid : host.parks(park.socket().toString())) {
            if (park.pid().get().orElse(0) != pid) {
                lines.add("process " + pid + ": it is a park at " + park.socket() + ", and not the one in use");
            }
        }
    }

    /** Of a container without a mount namespace; it goes with the directory, which was looked at as such. */
    private static boolean shared(String point) {
        return point.contains("/" + Footprint.SHARED_ROOT + "/") || point.endsWith("/" + Footprint.SHARED_ROOT);
    }
}
