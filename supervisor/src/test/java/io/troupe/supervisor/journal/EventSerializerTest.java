package io.troupe.supervisor.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.protocol.ExitCause;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.Peer;
import io.troupe.supervisor.container.Blueprint;
import io.troupe.supervisor.container.Cause;
import io.troupe.supervisor.container.Checkpoint;
import io.troupe.supervisor.container.ContainerEvent;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.container.Ending;
import io.troupe.supervisor.container.Fact;
import io.troupe.supervisor.container.Intent;
import io.troupe.supervisor.container.Life;
import io.troupe.supervisor.container.Persisted;
import io.troupe.supervisor.process.Footprint;
import io.troupe.supervisor.process.ProcessIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every form of the journal against its file in {@code src/test/resources/journal}, which never changes. */
class EventSerializerTest {
    private static final Instant AT = Instant.parse("2026-11-21T08:00:00.123456Z");
    private static final ProcessIdentity PROCESS = new ProcessIdentity("0f-boot", 4711, 99_000_000_000L);
    private static final Failure FAILURE = new Failure(FailureCode.SYSTEM, "mount proc", "EPERM", "Ask \"root\"");
    private static final ExitCause KILLED = new ExitCause.Signalled(9, false, true);
    private static final Blueprint BLUEPRINT = new Blueprint(
            "/b",
            "/b/rootfs",
            "1.3.0",
            new TreeMap<>(Map.of("a", "ü\n")),
            "ab12",
            new Footprint("/run/c/web1", List.of("/sys/fs/cgroup/web1")),
            Intent.RUN_DETACHED,
            true,
            false,
            new TreeMap<>(Map.of(3, "exec /bin/sh")));
    private static final Ending ENDING = new Ending(7, AT, PROCESS, new ExitCause.Unknown("nobody saw it"), "none");
    private static final Life LIFE = new Life(2, BLUEPRINT, AT, 1000, 1, 3, 0, new Life.SentSignal(5, 15));

    private final EventSerializer serializer = new EventSerializer();

    static Stream<Persisted> everyKind() {
        Stream<ContainerEvent> events = Stream.of(
                new ContainerEvent.CreateRequested(BLUEPRINT),
                new ContainerEvent.Created(PROCESS),
                new ContainerEvent.CreateFailed(FAILURE),
                new ContainerEvent.Interrupted(),
                new ContainerEvent.StartRequested(),
                new ContainerEvent.Started(),
                new ContainerEvent.StartFailed(FAILURE),
                new ContainerEvent.SignalRequested(15, true),
                new ContainerEvent.Exited(PROCESS, KILLED, "pidfd"),
                new ContainerEvent.DeleteRequested(true),
                new ContainerEvent.Leftovers(List.of("a", "b")),
                new ContainerEvent.Deleted(),
                new ContainerEvent.ExecRequested("sh", "cd34"),
                new ContainerEvent.ExecEnded(4, new ExitCause.Exited(3)),
                new ContainerEvent.ExecFailed(4, FAILURE),
                new ContainerEvent.Reattached(true),
                new ContainerEvent.Updated(List.of("memory.limit=5")),
                new ContainerEvent.Paused(),
                new ContainerEvent.Resumed(),
                new ContainerEvent.Checkpointed("/images", Checkpoint.LEAVE_RUNNING),
                new ContainerEvent.Restored("/images"),
                new ContainerEvent.MountsChanged(true, List.of("/mnt/a", "/b"), "EBUSY"),
                new ContainerEvent.HookWarning("poststart: 1"));
        Stream<Persisted> states = Stream.of(
                new ContainerState.Absent(8, 2, ENDING),
                new ContainerState.Creating(1, LIFE),
                new ContainerState.Created(2, LIFE, PROCESS),
                new ContainerState.Starting(3, LIFE, PROCESS),
                new ContainerState.Running(4, LIFE, PROCESS),
                new ContainerState.Paused(5, LIFE, PROCESS, false),
                new ContainerState.Stopped(7, LIFE, ENDING),
                new ContainerState.Deleting(8, LIFE, PROCESS, ENDING, List.of("x")));
        Cause cause = new Cause.ByPeer(new Peer(0, 0, 42, "troupe run web1"), "run");
        return Stream.concat(events.map(event -> new Fact(AT, 2, cause, event)), states);
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void a_record_is_written_as_its_file_says_and_read_back(Persisted record) throws IOException {
        String manifest = serializer.manifest(record);
        String golden = golden(manifest);
        assertThat(new String(serializer.toBinary(record), UTF_8)).isEqualTo(golden);
        assertThat(serializer.fromBinary(golden.getBytes(UTF_8), manifest)).isEqualTo(record);
    }

    @Test
    void every_cause_and_ending_comes_back() throws IOException {
        for (Cause cause : List.of(new Cause.ByEvent(3), new Cause.BySupervisor("restarted"), new Cause.ByWorld())) {
            Fact fact = new Fact(AT, 1, cause, new ContainerEvent.Deleted());
            assertThat(serializer.fromBinary(serializer.toBinary(fact), "deleted/1"))
                    .isEqualTo(fact);
        }
    }

    @Test
    void a_scope_of_systemds_comes_back() throws IOException {
        comesBack(new Footprint("/run/c/web1", List.of("/sys/fs/cgroup/a.slice/b.scope"), "b.scope"));
    }

    @Test
    void groups_of_resctrl_come_back() throws IOException {
        comesBack(new Footprint(
                "/run/c/web1", List.of(), "", List.of("/sys/fs/resctrl/a/mon_groups/b", "/r/b"), List.of()));
    }

    @Test
    void a_cgroup_that_is_not_made_yet_comes_back() throws IOException {
        comesBack(new Footprint("/run/c/web1", List.of("/cg/pids/a"), "", List.of(), List.of("/cg/cpuset/a")));
    }

    private void comesBack(Footprint footprint) throws IOException {
        Fact fact = new Fact(
                AT,
                1,
                new Cause.ByWorld(),
                new ContainerEvent.CreateRequested(new Blueprint(
                        "/b",
                        "/b/rootfs",
                        "1.3.0",
                        new TreeMap<>(),
                        "ab12",
                        footprint,
                        Intent.CREATE,
                        false,
                        false,
                        new TreeMap<>())));

        assertThat(serializer.fromBinary(serializer.toBinary(fact), "create-requested/1"))
                .isEqualTo(fact);
    }

    @Test
    void an_exit_beside_which_memory_ran_out_comes_back() throws IOException {
        Fact fact = new Fact(
                AT, 1, new Cause.ByWorld(), new ContainerEvent.Exited(PROCESS, new ExitCause.Exited(3, true), "pidfd"));
        byte[] bytes = serializer.toBinary(fact);
        assertThat(new String(bytes, UTF_8)).contains("\"exit\":{\"code\":3,\"oom\":true}");
        assertThat(serializer.fromBinary(bytes, "exited/1")).isEqualTo(fact);
    }

    @Test
    void a_container_that_was_paused_before_its_start_comes_back() throws IOException {
        ContainerState state = new ContainerState.Paused(5, LIFE, PROCESS, true);
        byte[] bytes = serializer.toBinary(state);
        assertThat(new String(bytes, UTF_8)).endsWith(",\"gate\":true}");
        assertThat(serializer.fromBinary(bytes, "state-paused/1")).isEqualTo(state);
    }

    @Test
    void a_form_of_a_newer_troupe_is_refused_by_name() {
        assertThatThrownBy(() -> serializer.fromBinary("{}".getBytes(UTF_8), "java.lang.Runtime/1"))
                .isInstanceOf(NotSerializableException.class)
                .hasMessageContaining("a record of the form java.lang.Runtime/1 cannot be read");
    }

    private static String golden(String manifest) throws IOException {
        String name = "/journal/" + manifest.replace('/', '.') + ".json";
        try (InputStream in = EventSerializerTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), UTF_8).strip();
        }
    }
}
