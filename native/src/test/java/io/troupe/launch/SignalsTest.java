package io.troupe.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.syscall.Signals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the real client does with signals. */
@Tag("root")
class SignalsTest {
    private static final int STARTED = 4;
    private static final int EXITED = 6;
    private static final int HANGUP = 9;

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
    void the_client_passes_signals_on_to_the_foreground() throws Exception {
        startInForeground("trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done");
        Signals.kill((int) supervisor.client().pid(), Signals.SIGTERM);

        assertThat(supervisor.await(EXITED).number()).isEqualTo(5 << 8);
        supervisor.exit(5);
        assertThat(supervisor.exitCode()).isEqualTo(5);
    }

    @Test
    void a_client_that_only_waits_ends_by_a_signal_and_tells_which() throws Exception {
        supervisor.run("wait", "x");
        Signals.kill((int) supervisor.client().pid(), Signals.SIGINT);

        assertThat(supervisor.await(HANGUP).number()).isEqualTo(Signals.SIGINT);
        assertThat(supervisor.exitCode()).isEqualTo(130);
    }

    @Test
    void a_program_that_takes_no_interrupt_is_killed_by_the_third_and_the_first_says_so() throws Exception {
        startInForeground("echo ready; exec sleep 3600");
        awaitProgram("sleep");

        interruptUntil("twice more within 5 s to kill it\n");
        interruptUntil("once more to kill it\n");
        interrupt();

        assertThat(supervisor.await(EXITED).number()).isEqualTo(Signals.SIGKILL);
        supervisor.exit(137);
        assertThat(supervisor.exitCode()).isEqualTo(137);
    }

    @Test
    void a_program_that_ignores_interrupts_is_treated_alike() throws Exception {
        startInForeground("trap '' INT; echo ready; while :; do sleep 0.05; done");

        interruptUntil("twice more");
        interruptUntil("once more");
        interrupt();

        assertThat(supervisor.await(EXITED).number()).isEqualTo(Signals.SIGKILL);
    }

    @Test
    void a_program_that_handles_interrupts_may_do_so_as_often_as_it_likes() throws Exception {
        startInForeground("n=0; trap 'n=$((n+1)); echo got $n' INT; echo ready;"
                + " while [ $n -lt 4 ]; do sleep 0.05; done; exit 6");

        for (int i = 1; i <= 4; i++) {
            interruptUntil("got " + i + "\n");
        }

        assertThat(supervisor.await(EXITED).number()).isEqualTo(6 << 8);
        assertThat(supervisor.output()).doesNotContain("SIGINT");
    }

    private void startInForeground(String script) throws Exception {
        supervisor.run("run", "x");
        supervisor.launch(root.foreground("sh", "-c", script));
        supervisor.adopt();
        supervisor.await(STARTED);
        awaitOutput("ready");
    }

    private void awaitProgram(String name) throws Exception {
        ProcessHandle program = supervisor.client().children().findFirst().orElseThrow();
        Path comm = Path.of("/proc/" + program.pid() + "/comm");
        awaitThat(() -> Files.readString(comm).strip().equals(name), name);
    }

    private void interrupt() throws Exception {
        Signals.kill((int) supervisor.client().pid(), Signals.SIGINT);
    }

    /** Signals that nobody has taken yet are one: the next may only come when this one has shown. */
    private void interruptUntil(String text) throws Exception {
        interrupt();
        awaitOutput(text);
    }

    private void awaitOutput(String text) throws Exception {
        awaitThat(() -> supervisor.output().contains(text), text);
    }

    private static void awaitThat(Callable<Boolean> condition, String what) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
