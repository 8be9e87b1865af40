package io.troupe.supervisor.host;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the control files of one container's cgroups say. A file that is not there says nothing, which is 0. */
final class ControlFiles {
    /** What version 2 calls {@code max}. */
    static final BigInteger NO_LIMIT = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

    private final List<String> cgroups;

    ControlFiles(List<String> cgroups) {
        this.cgroups = cgroups;
    }

    boolean has(String file) {
        return find(file).isPresent();
    }

    /** {@return the text of a file, wherever it is; "" if it is nowhere} */
    String text(String file) {
        try {
            Optional<Path> found = find(file);
            return found.isPresent() ? Files.readString(found.get()).trim() : "";
        } catch (IOException _) {
            // The cgroup went in between, or the kernel has no number: EOPNOTSUPP of swap that is not counted.
            return "";
        }
    }

    BigInteger number(String file) {
        return number(file, text(file));
    }

    /** {@return numbers by their names, as in memory.stat} */
    SortedMap<String, BigInteger> table(String file) {
        SortedMap<String, BigInteger> table = new TreeMap<>();
        for (String line : text(file).lines().toList()) {
            String[] words = line.split(" ", -1);
            if (words.length == 2) {
                table.put(words[0], number(file, words[1]));
            }
        }
        return table;
    }

    /** {@return how hard it was to get something, in the form of runc; empty where the kernel does not count it} */
    Map<String, Object> pressure(String file) {
        Map<String, Object> pressure = new LinkedHashMap<>();
        for (String line : text(file).lines().toList()) {
            String[] words = line.split(" ", -1);
            Map<String, Object> numbers = new LinkedHashMap<>();
            for (int i = 1; i < words.length; i++) {
                String[] pair = words[i].split("=", 2);
                boolean total = pair[0].equals("total");
                numbers.put(pair[0], total ? new BigInteger(pair[1]) : (Object) Double.valueOf(pair[1]));
            }
            pressure.put(words[0], numbers);
        }
        return pressure;
    }

    /** {@return sizes of huge pages that the kernel counts, as it names them} */
    List<String> hugepageSizes(String suffix) {
        List<String> sizes = new ArrayList<>();
        for (String cgroup : cgroups) {
            String[] names = Path.of(cgroup).toFile().list();
            for (String name : names == null ? new String[0] : names) {
                if (name.startsWith("hugetlb.") && name.endsWith(suffix) && !name.contains(".rsvd.")) {
                    sizes.add(name.substring("hugetlb.".length(), name.length() - suffix.length()));
                }
            }
        }
        return sizes.stream().sorted().distinct().toList();
    }

    private Optional<Path> find(String file) {
        return cgroups.stream()
                .map(cgroup -> Path.of(cgroup, file))
                .filter(Files::exists)
                .findFirst();
    }

    private static BigInteger number(String file, String text) {
        if (text.equals("max")) {
            return file.equals("pids.max") ? BigInteger.ZERO : NO_LIMIT;
        }
        return text.isEmpty() || !text.chars().allMatch(Character::isDigit) ? BigInteger.ZERO : new BigInteger(text);
    }
}
