package io.troupe.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.launch.FakeSupervisor.Frame;
import io.troupe.syscall.Pidfd;
import io.troupe.syscall.Signals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Real plans, carried out by the real C program in real namespaces. */
@Tag("root")
class LauncherTest {
    private static final int PID = 2;
    private static final int READY = 3;
    private static final int STARTED = 4;
    private static final int EXITED = 6;
    private static final int WARNING = 8;
    private static final int ENOENT = 2;
    private static final int ESRCH = 3;
    private static final int FAILED = 5;
    private static final int EINVAL = 22;

    private TestRoot root;
    private FakeSupervisor supervisor;

    @BeforeEach
    void open() throws Exception {
        root = new TestRoot();
        supervisor = new FakeSupervisor();
    }

    @AfterEach
    void close() throws Exception {
        if (supervisor != null) {
            supervisor.close();
            root.close();
        }
    }

    private void launch(LaunchPlan plan) throws Exception {
        supervisor.run("run", "x");
        supervisor.launch(plan);
    }

    @Test
    void a_program_says_hello_from_its_own_namespaces_and_its_status_comes_back() throws Exception {
        Frame exited = supervisor.runToEnd(root.foreground("sh", "-c", "hostname; echo pid $$; exit 3"));

        assertThat(exited.number()).isEqualTo(3 << 8);
        assertThat(supervisor.output()).isEqualTo("hello\npid 1\n");
    }

    @Test
    void the_program_gets_no_descriptor_but_the_standard_ones() throws Exception {
        supervisor.runToEnd(root.foreground("sh", "-c", "ls /proc/1/fd; true"));

        assertThat(supervisor.output()).isEqualTo("0\n1\n2\n");
    }

    @Test
    void the_program_gets_the_capabilities_and_the_umask_of_the_plan() throws Exception {
        supervisor.runToEnd(root.foreground("cat", "/proc/self/status"));

        assertThat(supervisor.output())
                .contains("CapInh:\t0000000000000000", "CapEff:\t00000000a80425fb", "CapBnd:\t00000000a80425fb")
                .contains("CapAmb:\t0000000000000000", "NoNewPrivs:\t1", "Umask:\t0022", "SigBlk:\t0000000000000000");
    }

    @Test
    void a_program_that_is_not_there_fails_its_own_step() throws Exception {
        LaunchPlan plan = root.foreground("nope");

        assertThat(supervisor.failureOf(plan))
                .isEqualTo(new StepFailure(
                        LaunchPlan.Section.CHILD,
                        plan.child().indexOf(new Step.FindProgram("nope", "/bin")),
                        ENOENT,
                        ""));
    }

    @Test
    void whoever_starts_the_container_hears_that_it_executes_or_why_not() throws Exception {
        List<Step> before = List.of(new Step.Listen(supervisor.directory().toString(), "start.sock"));
        supervisor.run("create", "x");
        supervisor.launch(
                TestRoot.plan(Set.of(), before, List.of(), root.child(List.of(), List.of(), "echo", "started")));
        supervisor.await(READY);
        supervisor.adopt();
        supervisor.exit(0);
        assertThat(supervisor.exitCode()).isZero();

        int start = FakeSupervisor.connect(supervisor.directory().resolve("start.sock"));
        FakeSupervisor.sendRaw(start, new byte[] {'S'});

        assertThat(FakeSupervisor.receiveRaw(start, 1, new ArrayList<>())).containsExactly('X');
        assertThat(FakeSupervisor.receiveRaw(start, 1, new ArrayList<>())).isEmpty();
        FakeSupervisor.Libc.C.close(start);
    }

    @Test
    void a_failure_after_the_gate_is_told_to_whoever_starts() throws Exception {
        List<Step> before = List.of(new Step.Listen(supervisor.directory().toString(), "start.sock"));
        List<Step> child = root.child(List.of(), List.of(), "true");
        child.add(child.size() - 1, new Step.ResourceLimit(99, 1, 1));
        supervisor.run("create", "x");
        supervisor.launch(TestRoot.plan(Set.of(), before, List.of(), child));
        supervisor.await(READY);
        supervisor.adopt();
        supervisor.exit(0);
        supervisor.exitCode();

        int start = FakeSupervisor.connect(supervisor.directory().resolve("start.sock"));
        FakeSupervisor.sendRaw(start, new byte[] {'S'});

        assertThat(FakeSupervisor.receiveRaw(start, 1, new ArrayList<>())).containsExactly('F');
        byte[] failure = FakeSupervisor.receiveRaw(start, 16, new ArrayList<>());
        assertThat(failure[0]).isEqualTo((byte) LaunchPlan.Section.CHILD.number());
        assertThat(failure[4]).isEqualTo((byte) (child.size() - 2));
        assertThat(failure[8]).isEqualTo((byte) EINVAL);
        FakeSupervisor.Libc.C.close(start);
    }

    @Test
    void a_container_that_nobody_adopted_dies_with_its_client() throws Exception {
        launch(root.foreground("sleep", "100"));
        int descriptor = supervisor.await(PID).descriptors().getFirst();
        supervisor.await(READY);
        try (Pidfd process = Pidfd.of(io.troupe.syscall.Descriptor.inherited(descriptor))) {
            supervisor.client().destroyForcibly();

            Awaiting.end(process);
        }
    }

    @Test
    void a_client_whose_supervisor_goes_away_says_so_and_leaves_nothing() throws Exception {
        launch(root.foreground("sleep", "100"));
        supervisor.await(READY);
        supervisor.hangUp();

        assertThat(supervisor.exitCode()).isEqualTo(1);
        assertThat(supervisor.output())
                .isEqualTo("troupe: the supervisor ended before the container was recorded. It was not started; try"
                        + " again\n");
    }

    @Test
    void a_hook_gets_the_state_and_its_failure_is_told() throws Exception {
        Step good = hook(0, false, "echo nobody reads this");
        Step bad = hook(0, false, "cat; exit 3");
        StepFailure failure = supervisor.failureOf(
                TestRoot.plan(Set.of(), List.of(), List.of(good, bad), root.child(List.of(), List.of(), "true")));

        assertThat(failure.section()).isEqualTo(LaunchPlan.Section.AFTER);
        assertThat(failure.index()).isEqualTo(1);
        assertThat(failure.detail()).matches("exited with status 3: \\{\"pid\":[0-9]+}");
        supervisor.exit(1);
        supervisor.exitCode();
        assertThat(supervisor.output()).isEmpty();
    }

    @Test
    void the_end_of_what_a_hook_wrote_is_in_the_failure() throws Exception {
        StepFailure failure = supervisor.failureOf(TestRoot.plan(
                Set.of(),
                List.of(),
                List.of(hook(0, false, "seq 20000; echo why >&2; exit 3")),
                root.child(List.of(), List.of(), "true")));

        assertThat(failure.detail())
                .startsWith("exited with status 3: ")
                .endsWith("\n19999\n20000\nwhy\n")
                .hasSizeLessThan(512);
    }

    @Test
    void what_a_hook_leaves_behind_holds_nobody_up() throws Exception {
        StepFailure failure = supervisor.failureOf(TestRoot.plan(
                Set.of(),
                List.of(),
                List.of(hook(0, false, "sleep 20 & echo left $!; exit 3")),
                root.child(List.of(), List.of(), "true")));

        assertThat(failure.detail()).startsWith("exited with status 3: left ");
        long left = Long.parseLong(failure.detail().replaceAll("(?s).*left ([0-9]+).*", "$1"));
        assertThat(ProcessHandle.of(left).orElseThrow().destroyForcibly()).isTrue();
    }

    @Test
    void hooks_on_both_sides_append_to_files_that_were_opened_for_them() throws Exception {
        Path out = supervisor.directory().resolve("out");
        Path err = supervisor.directory().resolve("err");
        Files.writeString(out, "before\n");
        List<Step> child = root.child(List.of(), List.of(), "true");
        child.add(child.size() - 1, hook(0, false, "echo inside; echo no >&2"));

        supervisor.runToEnd(TestRoot.plan(
                Set.of(LaunchPlan.Flag.FOREGROUND),
                List.of(new Step.HookOutput(out.toString(), err.toString())),
                List.of(hook(0, false, "echo outside")),
                child));

        assertThat(Files.readAllLines(out)).containsExactlyInAnyOrder("before", "outside", "inside");
        assertThat(Files.readAllLines(err)).containsExactly("no");
        assertThat(supervisor.output()).isEmpty();
    }

    @Test
    void a_hook_that_takes_too_long_is_killed() throws Exception {
        StepFailure failure = supervisor.failureOf(TestRoot.plan(
                Set.of(), List.of(hook(50, false, "sleep 100")), List.of(), root.child(List.of(), List.of(), "true")));

        assertThat(failure.detail()).isEqualTo("ran longer than 50 ms and was killed");
    }

    @Test
    void a_hook_that_may_fail_is_a_warning() throws Exception {
        launch(TestRoot.plan(
                Set.of(LaunchPlan.Flag.FOREGROUND),
                List.of(),
                List.of(hook(0, true, "kill -9 $$")),
                root.child(List.of(), List.of(), "true")));
        assertThat(supervisor.await(WARNING).failure().detail()).isEqualTo("killed by signal 9");
        supervisor.adopt();
        assertThat(supervisor.await(EXITED).number()).isZero();
    }

    @Test
    void the_root_of_a_user_namespace_has_the_ids_that_are_mapped() throws Exception {
        List<Step> child = new ArrayList<>(List.of(new Step.Await(), new Step.BecomeRoot(false)));
        child.addAll(root.child(List.of(), List.of(), "cat", "/proc/self/uid_map"));
        child.removeIf(step -> step instanceof Step.Device);
        LaunchPlan plan = new LaunchPlan(
                TestRoot.NAMESPACES | TestRoot.USER,
                true,
                Set.of(LaunchPlan.Flag.FOREGROUND),
                List.of(),
                List.of(),
                List.of(new Step.MapIds("0 0 1000", "0 0 1000", false), new Step.Tell()),
                child);

        assertThat(supervisor.runToEnd(plan).number()).isZero();
        assertThat(supervisor.output().trim().split(" +")).containsExactly("0", "0", "1000");
    }

    @Test
    void a_second_process_joins_the_namespaces_of_the_first() throws Exception {
        launch(root.foreground("sleep", "100"));
        int target = supervisor.await(PID).descriptors().getFirst();
        supervisor.adopt();
        supervisor.await(STARTED);
        try (Pidfd process = Pidfd.of(io.troupe.syscall.Descriptor.inherited(target));
                FakeSupervisor second = new FakeSupervisor()) {
            second.run("exec", "x");
            second.launch(joining(new Step.JoinProcess(TestRoot.NAMESPACES)), target);
            second.await(PID);
            second.adopt();

            assertThat(second.await(EXITED).number()).isZero();
            second.exit(0);
            second.exitCode();
            assertThat(second.output()).isEqualTo("hello\n/bin\n");
            process.send(Signals.SIGKILL);
            assertThat(supervisor.await(EXITED).number()).isEqualTo(Signals.SIGKILL);
        }
    }

    @Test
    void a_namespace_that_is_not_there_fails_the_joining() throws Exception {
        assertThat(supervisor.failureOf(joining(new Step.JoinNamespace("/nope", TestRoot.MOUNT))))
                .isEqualTo(new StepFailure(LaunchPlan.Section.JOIN, 0, ENOENT, "open(2)"));
    }

    @Test
    void the_root_of_a_process_is_not_taken_once_that_has_ended() throws Exception {
        launch(root.foreground("true"));
        int target = supervisor.await(PID).descriptors().getFirst();
        supervisor.adopt();
        supervisor.await(EXITED);
        int another = (int) ProcessHandle.current().pid();
        try (Pidfd _ = Pidfd.of(io.troupe.syscall.Descriptor.inherited(target));
                FakeSupervisor second = new FakeSupervisor()) {
            second.run("exec", "x");
            second.launch(joining(new Step.RootOf(another), new Step.ChangeRoot()), target);

            assertThat(second.await(FAILED).failure())
                    .isEqualTo(new StepFailure(LaunchPlan.Section.JOIN, 0, ESRCH, ""));
        }
    }

    private static LaunchPlan joining(Step... join) {
        List<Step> child = List.of(
                new Step.WorkingDirectory("/bin", false),
                new Step.FindProgram("sh", "/bin"),
                new Step.Gate(),
                new Step.CloseFrom(0),
                new Step.Exec(List.of("sh", "-c", "hostname; pwd"), List.of("PATH=/bin")));
        return new LaunchPlan(0, true, Set.of(LaunchPlan.Flag.FOREGROUND), List.of(), List.of(join), List.of(), child);
    }

    @Test
    void a_process_that_ends_before_its_program_says_how() throws Exception {
        LaunchPlan plan = root.foreground("true");
        supervisor.accept(supervisor.troupe("run", "x", Map.of("TROUPE_FAILPOINT", "3:5")));
        supervisor.launch(plan);
        supervisor.await(PID);

        assertThat(supervisor.receive().failure())
                .isEqualTo(new StepFailure(
                        LaunchPlan.Section.CHILD,
                        plan.child().size(),
                        0,
                        "the process exited with status 137 before its program ran"));
    }

    @Test
    void a_terminal_is_relayed_and_what_the_container_wrote_last_is_not_lost() throws Exception {
        List<Step> child = root.child(
                List.of(new Step.Console(24, 80, 0, 0)),
                List.of(new Step.Terminal()),
                "sh",
                "-c",
                "tty; ls -l /dev/console >/dev/null && seq 2000");
        LaunchPlan plan = TestRoot.plan(
                Set.of(LaunchPlan.Flag.FOREGROUND, LaunchPlan.Flag.LOCAL_TERMINAL), List.of(), List.of(), child);
        Frame hello = supervisor.accept(new ProcessBuilder(
                "script", "-qec", FakeSupervisor.BINARY + " --run " + supervisor.directory() + " run x", "/dev/null"));
        assertThat(hello.type()).isEqualTo(1);
        supervisor.launch(plan);
        supervisor.await(PID);
        supervisor.adopt();

        assertThat(supervisor.await(EXITED).number()).isZero();
        supervisor.exit(4);
        assertThat(supervisor.exitCode()).isEqualTo(4);
        // Until the terminal is raw it echoes what script(1) sends at the end of its own input.
        assertThat(supervisor.output()).contains("/dev/pts/0\r\n1\r\n2\r\n").endsWith("\r\n1999\r\n2000\r\n");
    }

    private static Step hook(int millis, boolean mayFail, String script) {
        return new Step.Hook(
                "createRuntime[0]",
                "/bin/sh",
                List.of("sh", "-c", script),
                List.of("PATH=" + System.getenv("PATH")),
                millis,
                "{\"pid\":",
                "}",
                0,
                mayFail);
    }
}
