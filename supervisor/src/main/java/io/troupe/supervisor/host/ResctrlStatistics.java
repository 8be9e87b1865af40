package io.troupe.supervisor.host;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a group of resctrl may use and has used, in the layout of {@code intel_rdt} of {@code runc events}. */
public final class ResctrlStatistics {
    private static final List<String> BANDWIDTH = List.of("mbm_total_bytes", "mbm_local_bytes");
    private static final List<String> CACHE = List.of("llc_occupancy");

    private final Resctrl resctrl;
    private final Map<String, Object> all = new LinkedHashMap<>();

    private ResctrlStatistics(Resctrl resctrl) {
        this.resctrl = resctrl;
    }

    /**
     * {@return the statistics; a part that the host has not got is left out}
     *
     * @param directory of the group, absolute
     * @param monitoring of the group that has its counters, which may be the same
     */
    public static Map<String, Object> of(Resctrl resctrl, String directory, String monitoring) {
        ResctrlStatistics statistics = new ResctrlStatistics(resctrl);
        statistics.schemata(directory);
        statistics.counters(monitoring);
        return statistics.all;
    }

    private void schemata(String directory) {
        List<String> root = lines(resctrl.root());
        List<String> own = lines(directory);
        if (resctrl.can("L3")) {
            all.put("l3_cache_info", info("L3", List.of("cbm_mask"), List.of("min_cbm_bits", "num_closids")));
            last(root, "L3", "l3_cache_schema_root");
            last(own, "L3", "l3_cache_schema");
        }
        if (resctrl.can("MB")) {
            all.put(
                    "mem_bw_info",
                    info("MB", List.of(), List.of("bandwidth_gran", "delay_linear", "min_bandwidth", "num_closids")));
            last(root, "MB", "mem_bw_schema_root");
            last(own, "MB", "mem_bw_schema");
        }
        if (!own.isEmpty()) {
            all.put("schemata", own);
        }
    }

    private static List<String> lines(String directory) {
        return Resctrl.text(directory + "/schemata").lines().map(String::strip).toList();
    }

    private void last(List<String> lines, String resource, String name) {
        lines.stream()
                .filter(line -> line.contains(resource))
                .reduce((_, line) -> line)
                .ifPresent(line -> all.put(name, line));
    }

    private Map<String, Object> info(String resource, List<String> texts, List<String> numbers) {
        Map<String, Object> info = new LinkedHashMap<>();
        String directory = resctrl.root() + "/info/" + resource + "/";
        texts.forEach(name -> info.put(name, Resctrl.text(directory + name)));
        numbers.forEach(name -> {
            BigInteger number = number(directory + name);
            if (number.signum() != 0) {
                info.put(name, number);
            }
        });
        return info;
    }

    private static BigInteger number(String file) {
        String text = Resctrl.text(file);
        return !text.isEmpty() && text.chars().allMatch(Character::isDigit) ? new BigInteger(text) : BigInteger.ZERO;
    }

    private void counters(String group) {
        List<String> features = Resctrl.text(resctrl.root() + "/info/L3_MON/mon_features")
                .lines()
                .toList();
        List<Path> domains = domains(Path.of(group, "mon_data"));
        counters(
                "mbm_stats",
                domains,
                features.stream().filter(BANDWIDTH::contains).toList(),
                BANDWIDTH);
        counters("cmt_stats", domains, features.stream().filter(CACHE::contains).toList(), CACHE);
    }

    /** A counter that the host has not got is 0 beside one that it has. */
    private void counters(String name, List<Path> domains, List<String> features, List<String> names) {
        if (!features.isEmpty()) {
            all.put(
                    name,
                    domains.stream()
                            .map(domain -> {
                                Map<String, Object> counters = new LinkedHashMap<>();
                                names.forEach(counter -> counters.put(
                                        counter, number(domain.resolve(counter).toString())));
                                return counters;
                            })
                            .toList());
        }
    }

    private static List<Path> domains(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(Files::isDirectory).sorted().toList();
        } catch (IOException _) {
            // The group went in between.
            return new ArrayList<>();
        }
    }
}
