package io.troupe.supervisor.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.ExitCause;
import io.troupe.supervisor.container.Blueprint;
import io.troupe.supervisor.container.Cause;
import io.troupe.supervisor.container.ContainerEvent;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.container.Fact;
import io.troupe.supervisor.container.Intent;
import io.troupe.supervisor.process.Footprint;
import io.troupe.supervisor.process.ProcessIdentity;
import io.troupe.supervisor.registry.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class VerifierTest {
    private static final Path PARK = Path.of("/run/troupe/park.sock");
    private static final int USED = 4700;
    private static final String DIRECTORY = "/run/troupe/c/web1";
    private static final String CGROUP = "/sys/fs/cgroup/troupe-t/web1";
    private static final ProcessIdentity PROCESS = new ProcessIdentity("boot-1", 4711, 99);
    private static final ContainerEvent.Created CREATED = new ContainerEvent.Created(PROCESS);
    private static final ContainerEvent.Exited EXITED =
            new ContainerEvent.Exited(PROCESS, new ExitCause.Exited(0), "pidfd");

    @Test
    void nothing_is_found_where_journal_and_host_agree() throws IOException {
        Host host = new Host(List.of(DIRECTORY), Set.of(PROCESS), Map.of(CGROUP, List.of(4711)), List.of("/", "/proc"));
        assertThat(verify(host, CREATED)).isEmpty();
    }

    @Test
    void a_process_that_is_gone_and_what_is_missing_is_told() throws IOException {
        assertThat(verify(new Host(List.of(), Set.of(), Map.of(), List.of()), CREATED))
                .containsExactly(
                        "container web1: the journal says that its process 4711 lives, and there is none such",
                        "container web1: its directory /run/troupe/c/web1 is missing",
                        "container web1: its cgroup /sys/fs/cgroup/troupe-t/web1 is missing");
    }

    @Test
    void processes_of_a_stopped_container_are_told() throws IOException {
        Host host = new Host(List.of(DIRECTORY), Set.of(PROCESS), Map.of(CGROUP, List.of(4711, 4712)), List.of());
        assertThat(verify(host, CREATED, EXITED))
                .containsExactly(
                        "container web1: the journal says that its process 4711 has ended, and it lives",
                        "container web1: it is stopped, and processes [4711, 4712] live in its cgroup " + CGROUP);
    }

    @Test
    void what_no_container_claims_is_told() throws IOException {
        Host host = new Host(
                List.of(DIRECTORY, "/run/troupe/c/old"),
                Set.of(),
                Map.of(CGROUP, List.of(), "/sys/fs/cgroup/troupe-t/old", List.of()),
                List.of("/", "/run/troupe/c/old/rootfs"));
        assertThat(verify(host, CREATED, EXITED))
                .containsExactly(
                        "/run/troupe/c/old: no container claims this directory",
                        "/sys/fs/cgroup/troupe-t/old: the container that this cgroup was made for has been deleted",
                        "/run/troupe/c/old/rootfs: no container has a mount on the host");
    }

    @Test
    void only_directories_that_no_container_claims_are_removed() throws IOException {
        Host host = new Host(List.of(DIRECTORY, "/run/troupe/c/old"), Set.of(), Map.of(), List.of());
        assertThat(new Orphans(() -> entries(CREATED), host).remove()).containsExactly("/run/troupe/c/old");
        assertThat(host.removed).containsExactly("/run/troupe/c/old");
    }

    private static List<String> verify(Host host, ContainerEvent... then) throws IOException {
        Footprint former = new Footprint("/run/troupe/c/old", List.of("/sys/fs/cgroup/troupe-t/old"));
        return new Verifier(() -> entries(then), host, new ParkInUse(PARK, () -> OptionalInt.of(USED)))
                .verify(List.of(former))
                .lines();
    }

    @Test
    void a_park_that_is_not_the_one_in_use_is_told() throws IOException {
        Host host = new Host(List.of(), Set.of(), Map.of(), List.of("/"));
        host.parks = List.of(USED, 4713);
        assertThat(new Verifier(List::of, host, new ParkInUse(PARK, () -> OptionalInt.of(USED)))
                        .verify(List.of())
                        .lines())
                .containsExactly("process 4713: it is a park at /run/troupe/park.sock, and not the one in use");
        assertThat(new Verifier(List::of, host, new ParkInUse(PARK, OptionalInt::empty))
                        .verify(List.of())
                        .lines())
                .hasSize(2);
    }

    private static List<Registry.Entry> entries(ContainerEvent... then) {
        Blueprint blueprint = new Blueprint(
                "/b",
                "/r",
                "1.0.2",
                new TreeMap<>(),
                "ab",
                new Footprint(DIRECTORY, List.of(CGROUP)),
                Intent.CREATE,
                false,
                false,
                new TreeMap<>());
        ContainerState state = ContainerState.initial().after(fact(new ContainerEvent.CreateRequested(blueprint)));
        for (ContainerEvent event : then) {
            state = state.after(fact(event));
        }
        return List.of(new Registry.Entry(ContainerName.of("web1"), (ContainerState.Present) state));
    }

    private static Fact fact(ContainerEvent event) {
        return new Fact(Instant.EPOCH, 1, new Cause.ByWorld(), event);
    }

    private static final class Host implements HostView {
        private final List<String> directories;
        private final Set<ProcessIdentity> living;
        private final Map<String, List<Integer>> cgroups;
        private final List<String> mounts;
        private final List<String> removed = new ArrayList<>();
        private List<Integer> parks = List.of(USED);

        Host(
                List<String> directories,
                Set<ProcessIdentity> living,
                Map<String, List<Integer>> cgroups,
                List<String> mounts) {
            this.directories = directories;
            this.living = living;
            this.cgroups = cgroups;
            this.mounts = mounts;
        }

        @Override
        public String containersDirectory() {
            return "/run/troupe/c";
        }

        @Override
        public List<String> privateDirectories() {
            return directories;
        }

        @Override
        public void removePrivateDirectory(String path) {
            removed.add(path);
        }

        @Override
        public boolean lives(ProcessIdentity process) {
            return living.contains(process);
        }

        @Override
        public boolean isDirectory(String path) {
            return directories.contains(path) || cgroups.containsKey(path);
        }

        @Override
        public List<Integer> processesIn(String cgroup) {
            return cgroups.getOrDefault(cgroup, List.of());
        }

        @Override
        public List<String> mountPoints() {
            return mounts;
        }

        @Override
        public List<Integer> parks(String socket) {
            return socket.equals(PARK.toString()) ? parks : List.of();
        }
    }
}
