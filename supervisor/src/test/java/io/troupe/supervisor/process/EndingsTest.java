package io.troupe.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.protocol.ExitCause;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.Pidfd;
import io.troupe.syscall.Signals;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EndingsTest {
    private static final Endings.Memory STRUCK = memory(true, true);
    private static final Endings.Memory STRUCK_ANOTHER = memory(true, false);
    private static final Endings.Memory DID_NOT = memory(false, false);

    private static Endings.Memory memory(boolean ranOut, boolean killedIt) {
        return new Endings.Memory() {
            @Override
            public boolean ranOut() {
                return ranOut;
            }

            @Override
            public boolean killedIt() {
                return killedIt;
            }
        };
    }

    @Test
    void a_wait_status_says_code_or_signal() {
        assertThat(Endings.cause(0, DID_NOT)).isEqualTo(new ExitCause.Exited(0));
        assertThat(Endings.cause(0xff00, DID_NOT)).isEqualTo(new ExitCause.Exited(255));
        assertThat(Endings.cause(Signals.SIGTERM, STRUCK))
                .isEqualTo(new ExitCause.Signalled(Signals.SIGTERM, false, false));
        assertThat(Endings.cause(11 | 0x80, STRUCK)).isEqualTo(new ExitCause.Signalled(11, true, false));
    }

    @Test
    void a_kill_is_the_out_of_memory_killers_if_that_struck() {
        assertThat(Endings.cause(Signals.SIGKILL, STRUCK))
                .isEqualTo(new ExitCause.Signalled(Signals.SIGKILL, false, true));
        assertThat(Endings.cause(0x300, STRUCK)).isEqualTo(new ExitCause.Exited(3, true));
        assertThat(Endings.cause(Signals.SIGKILL, DID_NOT))
                .isEqualTo(new ExitCause.Signalled(Signals.SIGKILL, false, false));
        assertThat(Endings.cause(Signals.SIGKILL, STRUCK_ANOTHER))
                .isEqualTo(new ExitCause.Signalled(Signals.SIGKILL, false, false));
        assertThat(Endings.cause(0x300, STRUCK_ANOTHER)).isEqualTo(new ExitCause.Exited(3, true));
    }

    @Test
    void of_one_that_runs_nothing_is_known() throws Exception {
        try (Child child = Child.waiting();
                Pidfd pidfd = child.pidfd()) {
            assertThat(Endings.look(child.identity(), pidfd, STRUCK, "pidfd")).isEmpty();
            assertThat(Endings.of(child.identity(), pidfd)).isInstanceOf(ExitCause.Unknown.class);
        }
    }

    /** A shell that executes sleep(1) leaves it a child that it never waits for. */
    @Test
    void a_zombie_tells_as_long_as_its_parent_has_not_waited() throws Exception {
        Process parent = new ProcessBuilder(
                        "sh", "-c", "exec 3<&0; sh -c 'read line <&3; exit 7' & echo $!; exec sleep 100")
                .start();
        try (EventLoop loop = new EventLoop("test", problem -> {
                    throw new AssertionError(problem);
                });
                BufferedReader out =
                        new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
            ProcessIdentity process = Child.identity(Integer.parseInt(out.readLine()));
            try (Pidfd pidfd = Pidfd.open(process.pid())) {
                parent.getOutputStream().close();
                pidfd.whenEnded(loop).get(20, TimeUnit.SECONDS);

                assertThat(Endings.look(process, pidfd, DID_NOT, "pidfd"))
                        .hasValue(new Endings.Seen(new ExitCause.Exited(7), "zombie"));
                ProcessIdentity successor = new ProcessIdentity(process.bootId(), process.pid(), 1);
                assertThat(Endings.look(successor, pidfd, DID_NOT, "pidfd")).isEmpty();
            }
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }

    @Test
    void a_pidfd_that_was_open_in_time_tells_after_all_on_a_kernel_that_can() throws Exception {
        try (Child child = new Child("read line; exit 9");
                Pidfd pidfd = child.pidfd()) {
            child.goOn();
            child.awaitEnd();

            ExitCause cause = Endings.of(child.identity(), pidfd);
            if (pidfd.exitInfo().isPresent()) {
                assertThat(cause).isEqualTo(new ExitCause.Exited(9));
                assertThat(Endings.look(child.identity(), pidfd, DID_NOT, "park"))
                        .hasValue(new Endings.Seen(cause, "park"));
            } else {
                assertThat(cause).isInstanceOf(ExitCause.Unknown.class);
            }
        }
    }
}
