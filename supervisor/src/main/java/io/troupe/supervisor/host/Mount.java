package io.troupe.supervisor.host;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A line of /proc/self/mountinfo (proc(5)).
 *
 * @param root what of its file system is mounted, such as {@code /}
 * @param point absolute
 * @param options of the file system: the last field
 */
record Mount(int id, int parent, String root, String point, String type, Set<String> options) {
    private static final int OUTSIDE = -1;
    private static final int PARENT = 1;
    private static final int ROOT = 3;
    private static final int POINT = 4;
    private static final int OPTIONS = 2;

    Mount {
        options = Set.copyOf(options);
    }

    /**
     * {@return the mounts that their paths lead to} One with another over it, or over a directory above it, is left out.
     *
     * @param mountinfo the file's text
     */
    static List<Mount> reachable(String mountinfo) {
        List<Mount> all = mountinfo.lines().map(Mount::parse).toList();
        Set<Integer> ids = all.stream().map(Mount::id).collect(Collectors.toSet());
        Map<Place, Integer> places = new HashMap<>();
        for (Mount mount : all) {
            boolean inside = mount.parent != mount.id && ids.contains(mount.parent);
            places.put(new Place(inside ? mount.parent : OUTSIDE, mount.point), mount.id);
        }
        return all.stream()
                .filter(mount -> leadsTo(mount.point, places) == mount.id)
                .toList();
    }

    private static Mount parse(String line) {
        String[] halves = line.split(" - ", 2);
        String[] mount = halves[0].split(" ", -1);
        String[] fileSystem = halves[1].split(" ", -1);
        return new Mount(
                Integer.parseInt(mount[0]),
                Integer.parseInt(mount[PARENT]),
                unescaped(mount[ROOT]),
                unescaped(mount[POINT]),
                fileSystem[0],
                Set.copyOf(List.of(fileSystem[OPTIONS].split(",", -1))));
    }

    /** Where a mount is attached: in which other one, at which path. One over another has that one for its parent. */
    private record Place(int parent, String point) {}

    /** {@return the id of the mount that a path ends in} */
    private static int leadsTo(String path, Map<Place, Integer> places) {
        int at = OUTSIDE;
        for (String point : way(path)) {
            for (Integer over = places.get(new Place(at, point)); over != null; ) {
                at = over;
                over = places.get(new Place(at, point));
            }
        }
        return at;
    }

    /** {@return of {@code /a/b} the paths /, /a, /a/b} */
    private static List<String> way(String path) {
        List<String> way = new ArrayList<>(List.of("/"));
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            way.add(path.substring(0, slash));
        }
        if (path.length() > 1) {
            way.add(path);
        }
        return way;
    }

    /** Blanks, tabs, line feeds and backslashes are in octal. */
    private static String unescaped(String path) {
        return path.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
