package io.troupe.supervisor.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Where a process has things mounted. */
public final class MountPoints {
    private static final int MOST_LINKS = 40;

    private MountPoints() {}

    /**
     * {@return the paths in a process's root at which it has a null device, which hides what was there}
     *
     * @throws IOException if it is gone
     */
    public static Set<String> ofNullDevices(int pid) throws IOException {
        return ofNullDevices(Files.readString(Path.of("/proc/" + pid + "/mountinfo")));
    }

    /** {@return the ids of all its mounts, as /proc/PID/fdinfo has them} */
    public static Set<Integer> idsOf(int pid) throws IOException {
        return Mount.reachable(Files.readString(Path.of("/proc/" + pid + "/mountinfo"))).stream()
                .map(Mount::id)
                .collect(Collectors.toSet());
    }

    static Set<String> ofNullDevices(String mountinfo) {
        return Mount.reachable(mountinfo).stream()
                .filter(mount -> mount.root().equals("/null"))
                .map(Mount::point)
                .collect(Collectors.toSet());
    }

    /**
     * {@return the path that a path of a container has once the symbolic links of its root file system are followed}
     *
     * @param rootfs absolute, which nothing leads out of
     * @param path absolute, inside
     */
    public static String resolved(Path rootfs, String path) throws IOException {
        Deque<String> rest = new ArrayDeque<>(List.of(path.split("/", -1)));
        Deque<String> way = new ArrayDeque<>();
        int links = 0;
        while (!rest.isEmpty()) {
            String name = rest.removeFirst();
            if (name.equals("..")) {
                way.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                way.addLast(name);
                Path here = rootfs.resolve(String.join("/", way));
                if (Files.isSymbolicLink(here) && links < MOST_LINKS) {
                    links++;
                    follow(Files.readSymbolicLink(here).toString(), way, rest);
                } else if (!Files.exists(here, LinkOption.NOFOLLOW_LINKS)) {
                    way.addAll(rest); // nothing is there, nor any link below
                    rest.clear();
                }
            }
        }
        return "/" + String.join("/", way);
    }

    private static void follow(String text, Deque<String> way, Deque<String> rest) {
        if (text.startsWith("/")) {
            way.clear();
        } else {
            way.removeLast();
        }
        for (String name : List.of(text.split("/", -1)).reversed()) {
            rest.addFirst(name);
        }
    }
}
