package io.troupe.supervisor.process;

import io.troupe.supervisor.host.ProcFs;
import io.troupe.syscall.Pidfd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A real process of ours, which ends as it is told on its standard input. */
final class Child implements AutoCloseable {
    private final Process process;
    private final ProcessIdentity identity;

    /**
     * Starts it.
     *
     * @param script of sh(1); a line {@code read line} waits for {@link #goOn}
     */
    Child(String script) throws IOException {
        process = new ProcessBuilder("sh", "-c", script).start();
        identity = identity((int) process.pid());
    }

    /** {@return which process has this pid now} */
    static ProcessIdentity identity(int pid) throws IOException {
        return new ProcessIdentity(
                ProcFs.bootId(), pid, ProcFs.stat(pid).orElseThrow().startTicks());
    }

    /** {@return one that waits to be told} */
    static Child waiting() throws IOException {
        return new Child("read line");
    }

    ProcessIdentity identity() {
        return identity;
    }

    int pid() {
        return identity.pid();
    }

    Pidfd pidfd() throws IOException {
        return Pidfd.open(pid());
    }

    void goOn() throws IOException {
        process.getOutputStream().write("go\n".getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Waits until it has ended and its parent, which is us, has been told. */
    void awaitEnd() throws InterruptedException {
        process.waitFor();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
