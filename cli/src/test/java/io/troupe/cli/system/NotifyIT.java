package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What a container tells the service manager of its caller (sd_notify(3)). */
@RootTest
@EnabledIf(value = "hasPython", disabledReason = "python3 plays the service manager")
class NotifyIT {
    /** Prints each message and who is said to have sent it, until it has had as many as asked for. */
    private static final String MANAGER = """
            import socket, struct, sys
            manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            manager.bind(sys.argv[1])
            manager.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            left = int(sys.argv[2])
            while left > 0:
                text, more, _, _ = manager.recvmsg(4096, socket.CMSG_SPACE(12))
                if not text.startswith(b'BARRIER'):
                    print(struct.unpack('iii', more[0][2])[0], text.decode().replace('\\n', ' '), flush=True)
                    left -= 1
            """;

    static boolean hasPython() {
        return Host.has("python3");
    }

    /** syslog(3) of busybox writes to /dev/log, which the program makes lead to the notify socket. */
    private static Bundle talking(Troupe troupe, String more) {
        return Bundle.shell(troupe.directory(), "/bin/busybox ln -s $NOTIFY_SOCKET /dev/log; " + more)
                .set("/process/env", "[\"PATH=/bin\"]");
    }

    private static String say(String... lines) {
        return "/bin/busybox logger \"$(echo x; echo " + String.join("; echo ", lines) + ")\"";
    }

    private static Call.Running manager(Path socket, int messages) {
        Call.Running running = Call.of("python3", "-c", MANAGER, socket.toString(), Integer.toString(messages))
                .start();
        Instant deadline = Instant.now().plus(Call.DEADLINE);
        while (!Files.exists(socket) && Instant.now().isBefore(deadline)) {
            Thread.onSpinWait();
        }
        return running;
    }

    private static Call call(Troupe troupe, Path socket, String... words) {
        return troupe.call(words).with("NOTIFY_SOCKET", socket.toString());
    }

    private static List<String> told(Call.Running manager) {
        return manager.await().succeeds().out().lines().toList();
    }

    @Test
    void a_container_in_the_foreground_speaks_for_the_client(Troupe troupe) {
        Path socket = troupe.directory().resolve("run.sock");
        Call.Running manager = manager(socket, 2);
        Path bundle = talking(troupe, say("READY=1", "MAINPID=7", "STATUS=up") + "; " + say("STOPPING=1"))
                .path();

        Call.Running client =
                call(troupe, socket, "run", "-b", bundle.toString(), "fg").start();
        long pid = client.process().pid();
        client.await().succeeds();

        assertThat(told(manager)).containsExactly(pid + " READY=1 STATUS=up", pid + " STOPPING=1");
    }

    /** Nothing is made in a root that is the host's own but in the /dev that is the container's. */
    @Test
    void a_container_in_a_borrowed_root_speaks_too(Troupe troupe) {
        Path socket = troupe.directory().resolve("borrowed.sock");
        Call.Running manager = manager(socket, 1);
        Path root = Bundle.sleeping(troupe.directory()).rootfs();
        String line = "/bin/busybox ln -s $NOTIFY_SOCKET /dev/log; " + say("READY=1");

        Call.Running client = call(
                        troupe, socket, "run", "--rootfs", root.toString(), "lent", "--", "/bin/sh", "-c", line)
                .start();
        long pid = client.process().pid();
        client.await().succeeds();

        assertThat(told(manager)).containsExactly(pid + " READY=1");
        assertThat(root.resolve("run")).doesNotExist();
    }

    @Test
    void start_returns_once_the_manager_knows_that_it_is_ready(Troupe troupe) {
        Path socket = troupe.directory().resolve("start.sock");
        Call.Running manager = manager(socket, 1);
        Path bundle = talking(troupe, say("READY=1") + "; sleep 3600").path();
        call(troupe, socket, "create", "-b", bundle.toString(), "bg").run().succeeds();

        Call.Running client = call(troupe, socket, "start", "bg").start();
        long pid = client.process().pid();
        client.await().succeeds();

        assertThat(told(manager)).containsExactly(pid + " MAINPID=" + troupe.pid("bg") + " READY=1");
    }

    @Test
    void start_does_not_wait_for_a_container_that_ends(Troupe troupe) {
        Path socket = troupe.directory().resolve("never.sock");
        Path bundle = talking(troupe, "true").path();
        call(troupe, socket, "create", "-b", bundle.toString(), "never").run().succeeds();

        call(troupe, socket, "start", "never").run().succeeds();
    }

    @Test
    void run_in_the_background_waits_too_also_in_a_user_namespace(Troupe troupe) throws IOException {
        Path socket = troupe.directory().resolve("user.sock");
        Call.Running manager = manager(socket, 1);
        Bundle bundle = talking(troupe, say("READY=1") + "; sleep 3600")
                .add("/linux/namespaces", "{\"type\": \"user\"}")
                .set("/linux/uidMappings", "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 65536}]")
                .set("/linux/gidMappings", "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 65536}]");
        // Another user than the host's root cannot make the mount point in a root file system of that root's.
        Files.createDirectories(bundle.rootfs().resolve("run/notify"));

        call(troupe, socket, "run", "-d", "-b", bundle.path().toString(), "mapped")
                .run()
                .succeeds();

        assertThat(told(manager)).singleElement().asString().endsWith(" MAINPID=" + troupe.pid("mapped") + " READY=1");
    }

    @Test
    void the_next_supervisor_listens_again(Troupe troupe) {
        Path socket = troupe.directory().resolve("again.sock");
        Call.Running manager = manager(socket, 1);
        Path bundle = talking(troupe, "sleep 3600").path();
        call(troupe, socket, "create", "-b", bundle.toString(), "again").run().succeeds();
        troupe.run("start", "again").succeeds();
        int pid = troupe.pid("again");

        troupe.killSupervisor();
        troupe.run("exec", "again", "sh", "-c", say("WATCHDOG=1")).succeeds();

        assertThat(told(manager)).containsExactly(pid + " WATCHDOG=1");
    }

    @Test
    void another_kind_of_address_is_refused(Troupe troupe) {
        Path bundle = talking(troupe, "true").path();

        assertThat(call(troupe, Path.of("vsock:2:1"), "create", "-b", bundle.toString(), "other")
                        .run()
                        .failsWithOneLine()
                        .err())
                .isEqualTo("troupe: NOTIFY_SOCKET: \"vsock:2:1\" is no Unix socket. Unset it in the environment\n");
    }
}
