package io.troupe.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is mounted and made below a root that may be hostile, by the real C program. */
@Tag("root")
class RootStepsTest {
    private static final int EINVAL = 22;
    private static final int ELOOP = 40;

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
    void a_file_system_says_which_option_it_does_not_know() throws Exception {
        Step mount = new Step.Mount("tmpfs", "tmpfs", "/x", 0, List.of("bogus=1"), 0, false);
        List<Step> child = root.child(List.of(mount), List.of(), "true");

        assertThat(supervisor.failureOf(TestRoot.plan(Set.of(), List.of(), List.of(), child)))
                .isEqualTo(new StepFailure(
                        LaunchPlan.Section.CHILD,
                        child.indexOf(mount),
                        EINVAL,
                        "bogus=1: tmpfs: Unknown parameter 'bogus'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"proc", "sys", "dev"})
    void a_link_in_place_of_a_kernel_directory_is_refused_and_leads_nowhere(String name) throws Exception {
        Path canary = Files.createTempDirectory("troupe-test-canary-");
        root.replaceByLink(name, canary);

        assertThat(supervisor.failureOf(root.foreground("true")).errno()).isEqualTo(ELOOP);
        assertThat(canary).isEmptyDirectory();
        Files.delete(canary);
    }

    @Test
    void a_mount_over_a_link_to_the_host_makes_nothing_on_the_host() throws Exception {
        Path canary = Files.createTempDirectory("troupe-test-canary-");
        root.replaceByLink("data", canary);
        Step bind = new Step.Bind("/tmp", "/data/made", false, 1, 0, 0, 0, 0, 0);

        StepFailure failure = supervisor.failureOf(
                TestRoot.plan(Set.of(), List.of(), List.of(), root.child(List.of(bind), List.of(), "true")));

        assertThat(failure.errno()).isEqualTo(ELOOP);
        assertThat(canary).isEmptyDirectory();
        Files.delete(canary);
    }

    @Test
    void a_ptmx_that_is_no_devpts_is_refused() throws Exception {
        List<Step> child = root.child(
                List.of(
                        new Step.Mount("tmpfs", "tmpfs", "/dev/pts", 0, List.of(), 0, false),
                        new Step.Device("/dev/pts/ptmx", 0020666, 5, 2, 0, 0, false),
                        new Step.Console(24, 80, 0, 0)),
                List.of(),
                "true");

        assertThat(supervisor
                        .failureOf(TestRoot.plan(Set.of(), List.of(), List.of(), child))
                        .detail())
                .isEqualTo("/dev/pts/ptmx is not that of a devpts");
    }

    @Test
    void a_working_directory_outside_the_root_is_refused() throws Exception {
        List<Step> child = root.child(List.of(), List.of(new Step.WorkingDirectory("/proc/self/fd/0", false)), "true");

        assertThat(supervisor
                        .failureOf(TestRoot.plan(Set.of(), List.of(), List.of(), child))
                        .errno())
                .isEqualTo(ELOOP);
    }

    @Test
    void the_root_of_a_host_with_shared_mounts_can_be_entered() throws Exception {
        List<Step> child = root.child(List.of(), List.of(), "true");
        child.set(0, new Step.Propagation(1 << 20 | 16384));

        assertThat(supervisor
                        .runToEnd(TestRoot.plan(Set.of(LaunchPlan.Flag.FOREGROUND), List.of(), List.of(), child))
                        .number())
                .isZero();
    }
}
