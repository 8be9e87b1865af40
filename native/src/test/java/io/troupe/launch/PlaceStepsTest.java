package io.troupe.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.troupe.syscall.Descriptor;
import io.troupe.syscall.FileSystems;
import io.troupe.syscall.Pidfd;
import io.troupe.syscall.UnixChannel;
import io.troupe.syscall.UnixServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a process is put: its cgroups and its working directory, by the real C program. */
@Tag("root")
class PlaceStepsTest {
    private static final int PID = 2;
    private static final int FAILED = 5;
    private static final int EXITED = 6;
    private static final int DONE = 7;
    private static final int ENOENT = 2;
    private static final int EBADF = 9;
    private static final int EACCES = 13;
    private static final int ENODEV = 19;
    private static final long USER = 1000;
    private static final Path CPUSET = Path.of("/sys/fs/cgroup/cpuset");

    @TempDir
    private Path host;

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

    @Test
    void an_empty_file_inherits_and_a_full_one_stays() throws Exception {
        Path empty = Files.writeString(host.resolve("empty"), "\n");
        Path full = Files.writeString(host.resolve("full"), "1\n");
        Path source = Files.writeString(host.resolve("source"), "0-3\n");
        runInClient(
                new Step.Inherit(empty.toString(), source.toString()),
                new Step.Inherit(full.toString(), source.toString()));
        assertThat(empty).hasContent("0-3\n");
        assertThat(full).hasContent("1\n");
    }

    @Test
    void only_controllers_that_are_not_passed_on_are_asked_for() throws Exception {
        Path control = Files.writeString(host.resolve("cgroup.subtree_control"), "cpuset cpu\n");
        runInClient(new Step.EnableControllers(host.toString(), List.of("cpu", "cpuset")));
        assertThat(control).hasContent("cpuset cpu\n");
        runInClient(new Step.EnableControllers(host.toString(), List.of("cpu", "memory", "pids")));
        assertThat(Files.readString(control)).isEqualTo("+memory +pids ");
    }

    @Test
    void a_directory_is_made_on_the_file_system_it_is_meant_for_or_not_at_all() throws Exception {
        Path there = host.resolve("there");
        runInClient(new Step.MakeDirectory(there.resolve("below").toString(), 0755, FileSystems.type(host)));
        assertThat(there.resolve("below")).isDirectory();
        for (Path path : List.of(host.resolve("new"), host.resolve("new/a/b"), there)) {
            assertThat(failureInClient(new Step.MakeDirectory(path.toString(), 0755, FileSystems.CGROUP_SUPER_MAGIC)))
                    .isEqualTo(new StepFailure(
                            LaunchPlan.Section.BEFORE, 0, ENODEV, "what was mounted there is not there now"));
        }
        assertThat(host.resolve("new")).doesNotExist();
        assertThat(there.resolve("below")).isDirectory();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_new_cpuset_below_a_new_one_can_be_entered(boolean byItself) throws Exception {
        assumeTrue(Files.exists(CPUSET.resolve("cpuset.cpus")), "skipped: no cpuset hierarchy of version 1");
        Path parent = CPUSET.resolve("troupe-test-" + ProcessHandle.current().pid());
        Path own = parent.resolve("own");
        try {
            List<Step> before = List.of(
                    new Step.MakeDirectory(own.toString(), 0755, FileSystems.CGROUP_SUPER_MAGIC),
                    inherit(parent, "cpuset.cpus"),
                    inherit(parent, "cpuset.mems"),
                    inherit(own, "cpuset.cpus"),
                    inherit(own, "cpuset.mems"));
            List<Step> after = byItself
                    ? List.of(new Step.Tell())
                    : List.of(new Step.WritePid(List.of(own + "/cgroup.procs")), new Step.Tell());
            List<Step> first = byItself
                    ? List.of(new Step.Await(), new Step.EnterCgroups(List.of(own + "/tasks")))
                    : List.of(new Step.Await());
            List<Step> child = root.child(first, List.of(), "cat", "/proc/self/cgroup");
            assertThat(run(before, after, child)).isZero();
            assertThat(supervisor.output()).contains(":cpuset:/" + parent.getFileName() + "/own\n");
        } finally {
            Files.deleteIfExists(own);
            Files.deleteIfExists(parent);
        }
    }

    @Test
    void a_directory_that_only_root_may_enter_is_entered_before_the_user_changes() throws Exception {
        directory("place", 0);
        assertThat(run(List.of(), List.of(), inPlaceOfRootThenUser(true))).isZero();
    }

    @Test
    void a_directory_that_only_the_user_may_enter_is_entered_after_the_change() throws Exception {
        directory("place", (int) USER);
        assertThat(run(List.of(), List.of(), inPlaceOfRootThenUser(false))).isZero();
    }

    @Test
    void a_directory_that_neither_may_enter_fails_the_second_step() throws Exception {
        directory("place", (int) USER + 1);
        List<Step> child = inPlaceOfRootThenUser(false);
        supervisor.run("run", "x");
        supervisor.launch(TestRoot.plan(Set.of(), List.of(), List.of(), child));
        assertThat(supervisor.await(FAILED).failure())
                .isEqualTo(new StepFailure(
                        LaunchPlan.Section.CHILD,
                        child.indexOf(new Step.WorkingDirectory("/place", false)),
                        EACCES,
                        ""));
    }

    @Test
    void the_pidfd_is_sent_with_its_word() throws Exception {
        Path socket = host.resolve("pidfd.sock");
        try (UnixServer server = UnixServer.listen(socket)) {
            List<Step> child = root.child(List.of(new Step.Await()), List.of(), "true");
            assertThat(run(
                            List.of(),
                            List.of(new Step.SendPidfd(socket.toString(), "standard"), new Step.Tell()),
                            child))
                    .isZero();
            List<Descriptor> received = new ArrayList<>();
            byte[] bytes = new byte[64];
            try (UnixChannel connection = server.accept().orElseThrow()) {
                int length = connection.receive(bytes, received);
                assertThat(new String(bytes, 0, length, StandardCharsets.US_ASCII))
                        .isEqualTo("standard");
                assertThat(connection.receive(bytes, received)).isEqualTo(-1);
            }
            try (Pidfd pidfd = Pidfd.of(received.getFirst())) {
                assertThat(pidfd.hasEnded()).isTrue();
            }
        }
    }

    @Test
    void a_pidfd_that_nobody_takes_ends_the_launch() throws Exception {
        supervisor.run("run", "x");
        List<Step> after = List.of(new Step.SendPidfd(host + "/none", "standard"));
        supervisor.launch(
                TestRoot.plan(Set.of(), List.of(), after, root.child(List.of(new Step.Await()), List.of(), "true")));
        assertThat(supervisor.await(FAILED).failure())
                .isEqualTo(new StepFailure(LaunchPlan.Section.AFTER, 0, ENOENT, "connect(2)"));
    }

    @Test
    void descriptors_that_the_caller_has_not_opened_are_missed() throws Exception {
        supervisor.run("run", "x");
        supervisor.launch(
                new LaunchPlan(0, false, Set.of(), List.of(new Step.Passed(1)), List.of(), List.of(), List.of()));
        assertThat(supervisor.await(FAILED).failure())
                .isEqualTo(new StepFailure(
                        LaunchPlan.Section.BEFORE, 0, EBADF, "descriptor 3: the caller has not opened it"));
    }

    @Test
    void a_descriptor_for_news_must_be_open_for_writing() throws Exception {
        supervisor.run("run", "x");
        supervisor.launch(before(new Step.Writable(77)));
        assertThat(supervisor.await(FAILED).failure())
                .isEqualTo(new StepFailure(LaunchPlan.Section.BEFORE, 0, EBADF, "the caller has not opened it"));
    }

    @Test
    void a_zero_byte_tells_the_caller_what_it_waits_for() throws Exception {
        supervisor.run("run", "x");
        supervisor.launch(before(new Step.Writable(1), new Step.WriteZero(1)));
        supervisor.await(DONE);
        assertThat(supervisor.output()).isEqualTo("\0");
    }

    private static LaunchPlan before(Step... steps) {
        return new LaunchPlan(0, false, Set.of(), List.of(steps), List.of(), List.of(), List.of());
    }

    private List<Step> inPlaceOfRootThenUser(boolean rootOverrides) {
        long setUser = 1L << 6 | 1L << 7;
        long override = 1L << 1;
        long capabilities = rootOverrides ? setUser | override : setUser;
        List<Step> steps = List.of(
                new Step.Capabilities(capabilities, capabilities, 0, 0),
                new Step.WorkingDirectory("/place", true),
                new Step.User(USER, USER, List.of(), false),
                new Step.Capabilities(0, 0, 0, 0),
                new Step.WorkingDirectory("/place", false));
        return root.child(List.of(), steps, "true");
    }

    private void directory(String name, int owner) throws Exception {
        Path directory = Files.createDirectory(root.path().resolve(name));
        Files.setAttribute(directory, "unix:uid", owner);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(root.path(), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Step inherit(Path directory, String file) {
        return new Step.Inherit(
                directory.resolve(file).toString(),
                directory.getParent().resolve(file).toString());
    }

    private void runInClient(Step... steps) throws Exception {
        try (FakeSupervisor own = new FakeSupervisor()) {
            own.run("run", "x");
            own.launch(new LaunchPlan(0, false, Set.of(), List.of(steps), List.of(), List.of(), List.of()));
            own.await(DONE);
            own.exit(0);
            assertThat(own.exitCode()).isZero();
        }
    }

    private StepFailure failureInClient(Step step) throws Exception {
        try (FakeSupervisor own = new FakeSupervisor()) {
            own.run("run", "x");
            own.launch(new LaunchPlan(0, false, Set.of(), List.of(step), List.of(), List.of(), List.of()));
            StepFailure failure = own.await(FAILED).failure();
            own.exit(1);
            own.exitCode();
            return failure;
        }
    }

    /** {@return the wait status} */
    private int run(List<Step> before, List<Step> after, List<Step> child) throws Exception {
        supervisor.run("run", "x");
        supervisor.launch(TestRoot.plan(Set.of(LaunchPlan.Flag.FOREGROUND), before, after, child));
        supervisor.await(PID);
        supervisor.adopt();
        int status = supervisor.await(EXITED).number();
        supervisor.exit(0);
        supervisor.exitCode();
        return status;
    }
}
