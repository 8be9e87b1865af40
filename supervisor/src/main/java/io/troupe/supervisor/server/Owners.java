package io.troupe.supervisor.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names of the host's users (passwd(5)). */
final class Owners {
    private static final Logger LOG = LoggerFactory.getLogger(Owners.class);
    private static final Path PASSWD = Path.of("/etc/passwd");
    private static final long MOST_LINES = 100_000;
    private static final Map<Integer, String> NAMES = new ConcurrentHashMap<>();

    private Owners() {}

    /** {@return the name of a user, or the uid in digits where the host has none for it} */
    static String name(int uid) {
        return NAMES.computeIfAbsent(uid, Owners::find);
    }

    private static String find(int uid) {
        String digits = Integer.toUnsignedString(uid);
        try (Stream<String> lines = Files.lines(PASSWD, StandardCharsets.ISO_8859_1)) {
            return lines.limit(MOST_LINES)
                    .map(line -> line.split(":", -1))
                    .filter(fields -> fields.length > 2 && fields[2].equals(digits))
                    .map(fields -> fields[0])
                    .findFirst()
                    .orElse(digits);
        } catch (IOException problem) {
            LOG.debug("no user names: {}", problem.getMessage());
            return digits;
        }
    }
}
