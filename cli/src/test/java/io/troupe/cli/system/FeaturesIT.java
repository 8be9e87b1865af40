package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What features prints, beside what runc and crun print. */
@RootTest
class FeaturesIT {
    /** What another runtime names and Troupe does not, each with the reason. */
    private static final Map<String, String> NOT_OURS = new TreeMap<>(Map.of(
            "/mountOptions/acl",
                    "an option of some file systems, which get it as they get size=; runc 1.3 took it back",
            "/mountOptions/noacl", "likewise",
            "/mountOptions/iversion", "no file system takes it from fsconfig(2): those that count versions always do",
            "/linux/seccomp/archs/SCMP_ARCH_LOONGARCH64", "libseccomp knows it from 2.6 on; Troupe names what is there",
            "/annotations/org.opencontainers.runc.commit", "of runc itself",
            "/annotations/org.opencontainers.runc.version", "of runc itself",
            "/annotations/org.opencontainers.runc.checkpoint.enabled", "of runc itself: that it was built with it",
            "/annotations/org.libpathrs.version", "a library that Troupe has no need of",
            "/potentiallyUnsafeConfigAnnotations/bundle", "an annotation that runc keeps for itself"));

    private static final String OF_CRUN = "/annotations/run.oci.crun.";

    @Test
    void it_prints_the_structure_of_the_specification(Troupe troupe) {
        JsonNode features = troupe.run("features").succeeds().json();

        assertThat(features.path("ociVersionMin").asText()).isEqualTo("1.0.0");
        assertThat(features.path("ociVersionMax").asText()).isEqualTo("1.3.0");
        assertThat(features.path("hooks")).hasSize(6);
        assertThat(features.at("/linux/namespaces")).hasSize(8);
        assertThat(features.at("/linux/seccomp/enabled").asBoolean()).isTrue();
        assertThat(features.at("/annotations/io.github.seccomp.libseccomp.version")
                        .asText())
                .startsWith("2.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"runc", "crun"})
    void what_others_name_and_we_do_not_is_explained(String runtime, Troupe troupe) {
        Assumptions.assumeTrue(Host.has(runtime), runtime + " is not installed");
        Result other = Call.of(runtime, "features").run();
        Assumptions.assumeTrue(other.exit() == 0, runtime + " has no such command: " + other.err());

        Set<String> missing = new TreeSet<>(names("", other.json()));
        missing.removeAll(names("", troupe.run("features").succeeds().json()));
        missing.removeIf(name -> name.startsWith(OF_CRUN));

        assertThat(NOT_OURS.keySet()).containsAll(missing);
    }

    /** {@return each member of a list and each value that is not false, by its place} */
    private static Set<String> names(String place, JsonNode node) {
        Set<String> names = new TreeSet<>();
        switch (node.getNodeType()) {
            case OBJECT ->
                node.properties().forEach(entry -> names.addAll(names(place + "/" + entry.getKey(), entry.getValue())));
            case ARRAY -> node.forEach(member -> names.add(place + "/" + member.asText()));
            case BOOLEAN -> {
                if (node.asBoolean()) {
                    names.add(place);
                }
            }
            default -> names.add(place);
        }
        return names;
    }
}
