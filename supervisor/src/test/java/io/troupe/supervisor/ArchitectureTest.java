package io.troupe.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds the table of ARCHITECTURE.md, "Packages", against the code. */
class ArchitectureTest {
    private static final String ROOT = "io.troupe.";

    /** Package to the packages of ours that it may use. */
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry("protocol", Set.of()),
            Map.entry("protocol.wire", Set.of("protocol")),
            Map.entry("launch", Set.of()),
            Map.entry("syscall", Set.of()),
            Map.entry("supervisor.bundle", Set.of("protocol")),
            Map.entry("supervisor.criu", Set.of("protocol")),
            Map.entry("supervisor.failpoint", Set.of("syscall")),
            Map.entry("supervisor.host", Set.of("syscall", "protocol")),
            Map.entry(
                    "supervisor.plan",
                    Set.of(
                            "supervisor.bundle",
                            "launch",
                            "supervisor.host",
                            "supervisor.systemd",
                            "syscall",
                            "protocol")),
            Map.entry("supervisor.systemd", Set.of("protocol")),
            Map.entry(
                    "supervisor.process",
                    Set.of(
                            "launch",
                            "syscall",
                            "supervisor.host",
                            "supervisor.systemd",
                            "protocol",
                            "supervisor.failpoint")),
            Map.entry(
                    "supervisor.container",
                    Set.of("supervisor.process", "launch", "syscall", "protocol", "supervisor.failpoint")),
            Map.entry("supervisor.journal", Set.of("supervisor.container", "supervisor.process", "protocol")),
            Map.entry(
                    "supervisor.registry",
                    Set.of("supervisor.container", "supervisor.process", "supervisor.journal", "protocol")),
            Map.entry(
                    "supervisor.recovery",
                    Set.of(
                            "supervisor.container",
                            "supervisor.process",
                            "supervisor.journal",
                            "supervisor.registry",
                            "supervisor.host",
                            "protocol")),
            Map.entry(
                    "supervisor.server",
                    Set.of(
                            "supervisor.registry",
                            "supervisor.recovery",
                            "supervisor.container",
                            "supervisor.process",
                            "supervisor.journal",
                            "supervisor.plan",
                            "supervisor.bundle",
                            "supervisor.criu",
                            "supervisor.host",
                            "supervisor.systemd",
                            "supervisor.failpoint",
                            "launch",
                            "syscall",
                            "protocol",
                            "protocol.wire")));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.troupe");

    @Test
    void packages_use_only_what_the_table_allows() {
        Set<String> broken = new TreeSet<>();
        for (JavaClass javaClass : CLASSES) {
            Set<String> allowed = MAY_USE.get(ours(javaClass));
            if (allowed == null) {
                continue;
            }
            for (Dependency dependency : javaClass.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass();
                if (target.getPackageName().startsWith(ROOT)
                        && !ours(target).equals(ours(javaClass))
                        && !allowed.contains(ours(target))) {
                    broken.add(javaClass.getName() + " uses " + target.getName() + "; ARCHITECTURE.md lets "
                            + ours(javaClass) + " use only " + new TreeSet<>(allowed));
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void every_package_is_in_the_table_or_is_the_wiring() {
        Set<String> unknown =
                CLASSES.stream().map(ArchitectureTest::ours).collect(Collectors.toCollection(TreeSet::new));
        unknown.removeAll(MAY_USE.keySet());
        assertThat(unknown).containsExactly("supervisor.app");
    }

    @Test
    void every_package_says_what_it_is() {
        Set<String> silent =
                CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
        CLASSES.stream()
                .filter(javaClass -> javaClass.getSimpleName().equals("package-info"))
                .forEach(info -> silent.remove(info.getPackageName()));
        assertThat(silent).isEmpty();
    }

    private static String ours(JavaClass javaClass) {
        return javaClass.getPackageName().substring(ROOT.length());
    }
}
