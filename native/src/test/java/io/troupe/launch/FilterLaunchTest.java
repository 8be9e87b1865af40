package io.troupe.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.syscall.Seccomp;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A filter that libseccomp made, loaded by the launcher and obeyed by the kernel. */
@Tag("root")
class FilterLaunchTest {
    private static final int PID = 2;
    private static final int EXITED = 6;
    private static final long LOG = 2;

    @Test
    void a_call_that_the_filter_refuses_fails_with_the_filters_errno_and_others_go_on() throws Exception {
        try (TestRoot root = new TestRoot();
                FakeSupervisor supervisor = new FakeSupervisor();
                Seccomp filter = Seccomp.create(Seccomp.Action.ALLOW)) {
            filter.add("sethostname", Seccomp.Action.errno(95), List.of());
            Step seccomp = new Step.Seccomp(new Bytecode(filter.export()), LOG);
            List<Step> child = root.child(List.of(), List.of(), "sh", "-c", "hostname other; hostname");
            child.add(child.size() - 1, seccomp);
            supervisor.run("run", "x");
            supervisor.launch(TestRoot.plan(Set.of(LaunchPlan.Flag.FOREGROUND), List.of(), List.of(), child));
            supervisor.await(PID);
            supervisor.adopt();
            assertThat(supervisor.await(EXITED).number()).isZero();
            supervisor.exit(0);
            supervisor.exitCode();
            assertThat(supervisor.output())
                    .contains("sethostname: Operation not supported")
                    .endsWith("hello\n");
        }
    }
}
