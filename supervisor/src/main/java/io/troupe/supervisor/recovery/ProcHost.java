package io.troupe.supervisor.recovery;

import io.troupe.supervisor.host.Cgroups;
import io.troupe.supervisor.process.Footprint;
import io.troupe.supervisor.process.ProcessIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The host as /proc and the directories show it. */
public final class ProcHost implements HostView {
    private static final Logger LOG = LoggerFactory.getLogger(ProcHost.class);
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");
    private static final Set<String> ENDED = Set.of("Z", "X", "x");

    /** Field 22 of /proc/PID/stat, counted from field 3, the first behind the command's name (proc(5)). */
    private static final int START_TICKS = 22 - 3;

    private final Path containers;

    /**
     * @param containers see {@link #containersDirectory}
     */
    public ProcHost(Path containers) {
        this.containers = containers;
    }

    @Override
    public String containersDirectory() {
        return containers.toString();
    }

    @Override
    public List<String> privateDirectories() throws IOException {
        List<String> found = new ArrayList<>();
        if (!isDirectory(containers.toString())) {
            return found;
        }
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(containers)) {
            for (Path directory : directories) {
                if (isPrivate(directory)) {
                    found.add(directory.toString());
                }
            }
        }
        return found;
    }

    /** One that has just been removed, as containers do that are being deleted, is none. */
    private boolean isPrivate(Path directory) throws IOException {
        PosixFileAttributes attributes;
        try {
            attributes = attributes(directory);
        } catch (NoSuchFileException _) {
            return false;
        }
        return attributes.isDirectory()
                && attributes.owner().equals(attributes(Path.of("/proc/self")).owner())
                && attributes.permissions().equals(PosixFilePermissions.fromString("rwx------"));
    }

    private static PosixFileAttributes attributes(Path path) throws IOException {
        return path.startsWith("/proc")
                ? Files.readAttributes(path, PosixFileAttributes.class)
                : Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void removePrivateDirectory(String path) throws IOException {
        Path directory = Path.of(path);
        if (Files.notExists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!containers.equals(directory.getParent()) || !isPrivate(directory)) {
            throw new IOException(path + " is no private directory in " + containers);
        }
        removeCgroups(directory.resolve(Footprint.CGROUPS));
        Path notify = directory.resolve(Footprint.NOTIFY);
        if (Files.isDirectory(notify, LinkOption.NOFOLLOW_LINKS)) {
            removeFlat(notify);
        }
        removeFlat(directory);
    }

    /** Those that were made before the journal had their names. Where something lives, it is not what was not recorded. */
    private static void removeCgroups(Path claim) throws IOException {
        if (Files.exists(claim, LinkOption.NOFOLLOW_LINKS)) {
            Cgroups.remove(Files.readAllLines(claim)).forEach(LOG::warn);
        }
    }

    private static void removeFlat(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException _) {
            return;
        }
        Files.deleteIfExists(directory);
    }

    @Override
    public boolean lives(ProcessIdentity process) throws IOException {
        String boot =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        if (!boot.equals(process.bootId())) {
            return false;
        }
        try {
            String stat = read(Path.of("/proc", Integer.toString(process.pid()), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return !ENDED.contains(fields[0]) && Long.parseLong(fields[START_TICKS]) == process.startTicks();
        } catch (NoSuchFileException gone) {
            return false;
        } catch (IOException vanished) {
            if (Files.exists(Path.of("/proc", Integer.toString(process.pid())))) {
                throw vanished;
            }
            return false; // ESRCH: it ended between open and read
        }
    }

    @Override
    public boolean isDirectory(String path) {
        return Files.isDirectory(Path.of(path), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public List<Integer> processesIn(String cgroup) throws IOException {
        List<Integer> pids = new ArrayList<>();
        if (!isDirectory(cgroup)) {
            return pids;
        }
        try (Stream<Path> tree = Files.walk(Path.of(cgroup))) {
            for (Path directory : tree.filter(Files::isDirectory).toList()) {
                read(directory.resolve("cgroup.procs"))
                        .lines()
                        .map(Integer::valueOf)
                        .forEach(pids::add);
            }
        }
        return pids.stream().sorted().distinct().toList();
    }

    @Override
    public List<String> mountPoints() throws IOException {
        return read(Path.of("/proc/self/mountinfo"))
                .lines()
                .map(line -> unescaped(line.split(" ", 6)[4]))
                .toList();
    }

    @Override
    public List<Integer> parks(String socket) throws IOException {
        List<Integer> pids = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                if (isPark(process, socket)) {
                    pids.add(Integer.parseInt(process.getFileName().toString()));
                }
            }
        }
        return pids.stream().sorted().toList();
    }

    /** Words alone prove nothing, for a container chooses its own: ours run in our mount namespace. */
    private static boolean isPark(Path process, String socket) throws IOException {
        try {
            return read(process.resolve("cmdline")).endsWith("\0--park\0" + socket + "\0")
                    && attributes(process)
                            .owner()
                            .equals(attributes(Path.of("/proc/self")).owner())
                    && mounts(process).equals(mounts(Path.of("/proc/self")));
        } catch (AccessDeniedException _) {
            return false; // what we may not look at is not ours
        } catch (IOException vanished) {
            if (Files.exists(process)) {
                throw vanished;
            }
            return false;
        }
    }

    private static Path mounts(Path process) throws IOException {
        return Files.readSymbolicLink(process.resolve("ns").resolve("mnt"));
    }

    /** Names need not be UTF-8; what is compared with them is ASCII. */
    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    private static String unescaped(String text) {
        return OCTAL.matcher(text)
                .replaceAll(match ->
                        Matcher.quoteReplacement(Character.toString((char) Integer.parseInt(match.group(1), 8))));
    }
}
