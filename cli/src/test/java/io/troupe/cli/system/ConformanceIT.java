package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each row of conformance.txt, run by Troupe, and by crun where that is installed and runs here. A row that says that crun
 * differs fails once it does not any more.
 */
@RootTest
class ConformanceIT {
    private static final String ID = "troupe-conformance";

    @TestFactory
    Stream<DynamicTest> every_field_does_what_the_table_says(Troupe troupe) {
        return ConformanceRow.all().stream()
                .map(row -> DynamicTest.dynamicTest(name(row), () -> byTroupe(row, troupe)));
    }

    @TestFactory
    Stream<DynamicTest> crun_does_the_same_or_the_table_says_why_not(Troupe troupe) {
        Assumptions.assumeTrue(Host.has("crun"), "crun is not installed");
        String version =
                Call.of("crun", "--version").run().out().lines().findFirst().orElse("");
        Assumptions.assumeTrue(
                version.startsWith("crun version 1.8"), "the table is about crun 1.8, here is " + version);
        Result trial = byCrun(Bundle.running(troupe.directory(), "true"), troupe);
        Assumptions.assumeTrue(trial.exit() == 0, "crun runs nothing here: " + trial.err());
        return ConformanceRow.all().stream().map(row -> DynamicTest.dynamicTest(name(row), () -> compare(row, troupe)));
    }

    private static String name(ConformanceRow row) {
        return row.edits().isEmpty() ? row.field() : row.field() + " " + row.edits();
    }

    private static void byTroupe(ConformanceRow row, Troupe troupe) {
        need(row.needs());
        Result run = troupe.run(
                "run", "--bundle", row.bundle(troupe.directory()).path().toString(), ID);

        if (row.refused().isEmpty()) {
            assertThat(row.shownBy(run)).as("%s, wanted %s", run, row.seen()).isTrue();
        } else {
            assertThat(run.failsWithOneLine().err()).contains(row.refused());
        }
    }

    private static void compare(ConformanceRow row, Troupe troupe) {
        need(row.needs());
        Result run = byCrun(row.bundle(troupe.directory()), troupe);

        assertThat(row.shownBy(run))
                .as("crun shows what the table says: %s, wanted %s%s", run, row.seen(), row.refused())
                .isEqualTo(row.differs().isEmpty());
    }

    private static Result byCrun(Bundle bundle, Troupe troupe) {
        List<String> crun =
                List.of("crun", "--root", troupe.directory().resolve("crun").toString());
        Result run = call(crun, "run", "--bundle", bundle.path().toString(), ID);
        // What failed early may have left its state.
        call(crun, "delete", "--force", ID);
        return run;
    }

    private static Result call(List<String> command, String... more) {
        return new Call(Stream.concat(command.stream(), Stream.of(more)).toList()).run();
    }

    private static void need(String what) {
        boolean there = switch (what) {
            case "" -> true;
            case "no-apparmor" -> !Files.exists(Path.of("/sys/module/apparmor/parameters/enabled"));
            case "no-selinux" -> !fileSystems().contains("\tselinuxfs\n");
            case "no-resctrl" -> !fileSystems().contains("\tresctrl\n");
            case "numa" -> Host.mayPrioritize() && Files.exists(Path.of("/proc/self/numa_maps"));
            default -> throw new IllegalArgumentException(what);
        };
        Assumptions.assumeTrue(there, "needs " + what);
    }

    private static String fileSystems() {
        try {
            return Files.readString(Path.of("/proc/filesystems"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
