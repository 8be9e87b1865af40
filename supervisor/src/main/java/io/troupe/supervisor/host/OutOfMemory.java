package io.troupe.supervisor.host;

import io.troupe.syscall.ChangingFile;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.OutOfMemoryNotice;
import io.troupe.syscall.SyscallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Tells when a container runs out of memory. */
public final class OutOfMemory {
    private OutOfMemory() {}

    /** What ends the telling. */
    @FunctionalInterface
    public interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Calls on the loop's thread each time that the out-of-memory killer has struck, until the watch is closed by the
     * caller; never where none of the cgroups counts memory.
     *
     * @param cgroups the container's, absolute
     */
    public static Watch watch(List<String> cgroups, EventLoop loop, Runnable onKill) throws IOException {
        for (String cgroup : cgroups) {
            Path directory = Path.of(cgroup);
            if (Files.exists(directory.resolve("memory.events"))) {
                return unified(directory, loop, onKill);
            }
            if (Files.exists(directory.resolve("memory.oom_control"))) {
                return legacy(directory, loop, onKill);
            }
        }
        return () -> {};
    }

    private static Watch unified(Path cgroup, EventLoop loop, Runnable onKill) throws SyscallException {
        ChangingFile events = ChangingFile.open(cgroup.resolve("memory.events"));
        try {
            AtomicLong before = new AtomicLong(kills(events.text()));
            events.follow(
                    loop,
                    text -> {
                        long now = kills(text);
                        if (now > before.getAndSet(now)) {
                            onKill.run();
                        }
                    },
                    _ -> {
                        // The cgroup is gone: there is nothing more to tell.
                    });
            return events::close;
        } catch (SyscallException problem) {
            events.close();
            throw problem;
        }
    }

    private static long kills(String text) {
        return text.lines()
                .filter(line -> line.startsWith("oom_kill "))
                .mapToLong(line -> Long.parseLong(line.substring("oom_kill ".length())))
                .findFirst()
                .orElse(0);
    }

    private static Watch legacy(Path cgroup, EventLoop loop, Runnable onKill) throws IOException {
        OutOfMemoryNotice notice = OutOfMemoryNotice.of(cgroup);
        try {
            notice.follow(loop, () -> {
                // The end of the cgroup is told in the same way.
                if (Files.exists(cgroup)) {
                    onKill.run();
                }
            });
            return notice::close;
        } catch (SyscallException problem) {
            notice.close();
            throw problem;
        }
    }
}
