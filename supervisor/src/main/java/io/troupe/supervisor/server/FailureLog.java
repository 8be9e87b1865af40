package io.troupe.supervisor.server;

import io.troupe.protocol.CommandLine.Level;
import io.troupe.protocol.CommandLine.LogTarget;
import io.troupe.protocol.CommandLine.Logged;
import io.troupe.protocol.CommandLine.Renderer;
import io.troupe.protocol.Failure;
import io.troupe.syscall.Datagram;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * Writes failures where {@code --log} points.
 *
 * @param journal socket of systemd-journald (its native protocol)
 * @param syslog socket of the syslog daemon (RFC 3164, as syslog(3) sends it)
 */
record FailureLog(String journal, String syslog) {
    static final FailureLog OF_THIS_HOST = new FailureLog("/run/systemd/journal/socket", "/dev/log");

    private static final DateTimeFormatter SYSLOG_TIME = DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ROOT);
    private static final int USER_FACILITY = 1 << 3;

    /** {@return a line for standard error that tells why it could not be written; "" if it was} */
    String write(LogTarget target, Failure failure, Renderer renderer) {
        return write(target, renderer.logged(failure), renderer);
    }

    private String write(LogTarget target, List<Logged> all, Renderer renderer) {
        try {
            for (Logged logged : all) {
                write(target, logged, renderer);
            }
            return "";
        } catch (NoSuchFileException _) {
            return told(target, "its directory does not exist");
        } catch (IOException problem) {
            return told(target, "" + problem.getMessage());
        }
    }

    /** The same for a warning. */
    String warn(LogTarget target, String line, Renderer renderer) {
        return write(target, List.of(new Logged(Level.WARNING, line)), renderer);
    }

    private static String told(LogTarget target, String problem) {
        String where = switch (target) {
            case LogTarget.File(String path) -> path;
            case LogTarget.Journald(String identifier) -> "journald:" + identifier;
            case LogTarget.Syslog(String identifier) -> "syslog:" + identifier;
        };
        return "troupe: --log " + where + ": it cannot be written: " + problem + "\n";
    }

    private void write(LogTarget target, Logged logged, Renderer renderer) throws IOException {
        switch (target) {
            case LogTarget.File(String path) -> append(Path.of(path), renderer.logLine(logged, Instant.now()));
            case LogTarget.Journald(String identifier) -> Datagram.send(journal, entry(identifier, logged));
            case LogTarget.Syslog(String identifier) -> Datagram.send(syslog, line(identifier, logged, Instant.now()));
        }
    }

    private static void append(Path file, String line) throws IOException {
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(file, line, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    }

    static byte[] line(String identifier, Logged logged, Instant at) {
        int priority = USER_FACILITY | logged.level().priority();
        String time = SYSLOG_TIME.format(at.atZone(ZoneId.systemDefault()));
        String text = "<" + priority + ">" + time + " " + identifier + ": " + logged.message();
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** In the form that takes any text: name, line feed, length as u64, value, line feed. */
    static byte[] entry(String identifier, Logged logged) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        field(out, "PRIORITY", Integer.toString(logged.level().priority()));
        field(out, "SYSLOG_IDENTIFIER", identifier);
        field(out, "MESSAGE", logged.message());
        return out.toByteArray();
    }

    private static void field(ByteArrayOutputStream out, String name, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.writeBytes((name + "\n").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(bytes.length)
                .array());
        out.writeBytes(bytes);
        out.write('\n');
    }
}
