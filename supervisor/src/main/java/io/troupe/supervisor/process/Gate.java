package io.troupe.supervisor.process;

import io.troupe.launch.LaunchPlan;
import io.troupe.launch.StepFailure;
import io.troupe.syscall.Descriptor;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.SyscallException;
import io.troupe.syscall.UnixChannel;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Lets a process pass its gate ({@code Step.Gate}), and hears what becomes of it: one conversation over its start socket,
 * as the end of {@code contract.h} describes. It takes as long as the startContainer hooks do.
 */
final class Gate {
    private static final byte GO = 'S';
    private static final byte EXECUTING = 'X';
    private static final byte FAILED = 'F';
    private static final int MOST_BYTES = 64 * 1024;

    private final UnixChannel channel;
    private final Consumer<ProcessReport> reports;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private final byte[] buffer = new byte[4096];

    private Gate(UnixChannel channel, Consumer<ProcessReport> reports) {
        this.channel = channel;
        this.reports = reports;
    }

    /** Begins; exactly one report follows, from the event loop's thread or from this one. */
    static void release(Footprint footprint, EventLoop loop, Consumer<ProcessReport> reports) {
        UnixChannel channel = null;
        try {
            channel = UnixChannel.connect(Path.of(footprint.directory(), Footprint.START_SOCKET));
            channel.send(new byte[] {GO}, 0, 1, List.of());
            loop.register(channel.descriptor(), EventLoop.Interest.READ, new Gate(channel, reports)::ready);
        } catch (SyscallException problem) {
            if (channel != null) {
                channel.close();
            }
            reports.accept(new ProcessReport.GateUnreachable("" + problem.getMessage()));
        }
    }

    private void ready(EventLoop.Registration watch, EventLoop.Readiness readiness) {
        try {
            List<Descriptor> none = new ArrayList<>(0);
            int count = channel.receive(buffer, none);
            none.forEach(Descriptor::close);
            if (count > 0) {
                heard.write(buffer, 0, count);
            }
            if (count < 0 || heard.size() > MOST_BYTES) {
                end(watch, verdict(heard.toByteArray()));
            }
        } catch (SyscallException problem) {
            end(watch, new ProcessReport.GateUnreachable("" + problem.getMessage()));
        }
    }

    private void end(EventLoop.Registration watch, ProcessReport report) {
        watch.cancel();
        channel.close();
        reports.accept(report);
    }

    /** {@return what the bytes up to the end of the stream say} */
    static ProcessReport verdict(byte[] bytes) {
        // An execve(2) that fails does so after 'X': the failure follows it.
        int from = bytes.length > 0 && bytes[0] == EXECUTING ? 1 : 0;
        if (from == 1 && bytes.length == 1) {
            return new ProcessReport.ProgramStarted();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, from, bytes.length - from).order(ByteOrder.LITTLE_ENDIAN);
        if (in.remaining() < 17 || in.get() != FAILED) {
            return new ProcessReport.GateUnreachable("its process ended before its program ran");
        }
        int section = in.getInt();
        int index = in.getInt();
        int errno = in.getInt();
        byte[] detail = new byte[Math.clamp(in.getInt(), 0, in.remaining())];
        in.get(detail);
        return new ProcessReport.StartFailed(new StepFailure(
                LaunchPlan.Section.of(section).orElse(LaunchPlan.Section.CHILD),
                index,
                errno,
                new String(detail, StandardCharsets.UTF_8)));
    }
}
