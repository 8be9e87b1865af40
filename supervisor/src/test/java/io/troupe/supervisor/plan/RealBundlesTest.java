package io.troupe.supervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.launch.Bytecode;
import io.troupe.launch.LaunchPlan;
import io.troupe.launch.Step;
import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Reply;
import io.troupe.supervisor.bundle.Bundle;
import io.troupe.supervisor.bundle.BundleReader;
import io.troupe.supervisor.bundle.Namespaces.Kind;
import io.troupe.supervisor.host.CgroupLayout;
import io.troupe.supervisor.host.CgroupLayout.Hierarchy;
import io.troupe.supervisor.host.HostFacts;
import io.troupe.supervisor.host.SecurityModules;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Plans of bundles that runc, podman and containerd write, on each kind of host: in words, and what holds for all. */
class RealBundlesTest {
    private static final Path STEPS_IN_C = Path.of("../native/src/main/c/step.c");
    private static final CgroupLayout V1 = new CgroupLayout(
            List.of(
                    new Hierarchy(List.of("cpu", "cpuacct"), "/sys/fs/cgroup/cpu,cpuacct", "/"),
                    new Hierarchy(List.of("memory"), "/sys/fs/cgroup/memory", "/"),
                    new Hierarchy(List.of("pids"), "/sys/fs/cgroup/pids", "/"),
                    new Hierarchy(List.of("devices"), "/sys/fs/cgroup/devices", "/"),
                    new Hierarchy(List.of("name=systemd"), "/sys/fs/cgroup/systemd", "/own")),
            Optional.empty());
    private static final CgroupLayout HYBRID = new CgroupLayout(
            V1.hierarchies(), Optional.of(new Hierarchy(List.of("hugetlb"), "/sys/fs/cgroup/unified", "/own")));
    private static final CgroupLayout V2 = new CgroupLayout(
            List.of(),
            Optional.of(new Hierarchy(List.of("cpu", "memory", "pids"), "/sys/fs/cgroup", "/troupe.slice/service")));

    /** A bundle and how it is launched. */
    enum Launch {
        RUNC_CREATE_V1("runc-spec", V1, 0, new ConsoleWish.Socket("/tmp/console.sock"), true),
        RUNC_RUN_V2("runc-spec", V2, 0, new ConsoleWish.Local(24, 80), false),
        RUNC_ROOTLESS_V2("runc-spec-rootless", V2, 1000, new ConsoleWish.Local(24, 80), false),
        PODMAN_CREATE_HYBRID("podman-run", HYBRID, 0, new ConsoleWish.None(), true),
        PODMAN_CREATE_V2("podman-run", V2, 0, new ConsoleWish.None(), true),
        CONTAINERD_CREATE_V1("containerd-ctr", V1, 0, new ConsoleWish.None(), true);

        private final String bundle;
        private final CgroupLayout layout;
        private final int uid;
        private final ConsoleWish console;
        private final boolean gate;

        Launch(String bundle, CgroupLayout layout, int uid, ConsoleWish console, boolean gate) {
            this.bundle = bundle;
            this.layout = layout;
            this.uid = uid;
            this.console = console;
            this.gate = gate;
        }

        private Bundle read() {
            return BundleReader.of(Path.of("/bundle"), resource("bundle/" + bundle + ".json"));
        }

        private PlannedLaunch plan() {
            HostFacts host =
                    new HostFacts("6.18", "boot", layout, 40, -1, true, uid, HostFacts.DELEGATE, SecurityModules.NONE);
            LaunchContext context = new LaunchContext(
                    ContainerName.of("web1"),
                    "/run/troupe/c/web1",
                    console,
                    Handover.NONE,
                    false,
                    false,
                    gate,
                    !gate,
                    host);
            return new Planner(_ -> new Bytecode(new byte[8])).create(read(), context);
        }

        private String goldenName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-') + ".txt";
        }
    }

    /** To see what a change of the planner does to them, run with {@code -Dtroupe.golden=write} and look at the diff. */
    @ParameterizedTest
    @EnumSource
    void the_plan_in_words_is_the_one_that_was_reviewed(Launch launch) throws IOException {
        String words = words(launch.plan().plan());
        if ("write".equals(System.getProperty("troupe.golden"))) {
            Path directory = Path.of("src/test/resources/io/troupe/supervisor/plan");
            Files.writeString(Files.createDirectories(directory).resolve(launch.goldenName()), words);
            return;
        }
        assertThat(words).isEqualTo(new String(resource("plan/" + launch.goldenName()), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @EnumSource
    void every_step_stands_where_the_launcher_takes_it(Launch launch) throws IOException {
        Map<String, String> sections = sectionsInC();
        LaunchPlan plan = launch.plan().plan();
        for (LaunchPlan.Section section : LaunchPlan.Section.values()) {
            boolean byClient = section == LaunchPlan.Section.BEFORE || section == LaunchPlan.Section.AFTER;
            for (Step step : plan.steps(section)) {
                String allowed = Objects.requireNonNull(
                        sections.get(step.getClass().getSimpleName().toLowerCase(Locale.ROOT)), step::toString);
                assertThat(allowed)
                        .as("%s in %s", step, section)
                        .matches(words -> words.contains("IN_" + section)
                                || words.contains("ANYWHERE")
                                || (byClient && words.contains("BY_CLIENT")));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_is_told_is_awaited_and_the_gate_comes_once(Launch launch) {
        LaunchPlan plan = launch.plan().plan();
        assertThat(count(plan.child(), Step.Tell.class)).isEqualTo(count(plan.after(), Step.Await.class));
        assertThat(count(plan.child(), Step.Await.class)).isEqualTo(count(plan.after(), Step.Tell.class));
        assertThat(count(plan.child(), Step.Gate.class)).isOne();
        assertThat(plan.child().getLast()).isInstanceOf(Step.Exec.class);
    }

    @ParameterizedTest
    @EnumSource
    void nothing_touches_the_containers_files_before_its_root_and_its_user_is_last(Launch launch) {
        List<Class<?>> order = launch.plan().plan().child().stream()
                .<Class<?>>map(Object::getClass)
                .toList();
        List<Class<?>> targets =
                List.of(Step.Mount.class, Step.Bind.class, Step.Device.class, Step.Mask.class, Step.ReadOnly.class);
        for (Class<?> type : targets) {
            if (order.contains(type)) {
                assertThat(order.indexOf(type)).isGreaterThan(order.indexOf(Step.Root.class));
                assertThat(order.lastIndexOf(type)).isLessThan(order.indexOf(Step.EnterRoot.class));
            }
        }
        assertThat(order)
                .containsSubsequence(
                        Step.EnterRoot.class,
                        Step.BoundingCapabilities.class,
                        Step.User.class,
                        Step.Capabilities.class,
                        Step.Exec.class);
    }

    @ParameterizedTest
    @EnumSource
    void cgroups_are_below_their_hierarchies_and_joined_in_one_way(Launch launch) {
        PlannedLaunch planned = launch.plan();
        assertThat(planned.cgroups())
                .isNotEmpty()
                .allMatch(path -> Stream.concat(launch.layout.hierarchies().stream(), launch.layout.unified().stream())
                        .anyMatch(hierarchy -> path.startsWith(hierarchy.mountPoint() + "/")));
        boolean atBirth = count(planned.plan().before(), Step.IntoCgroup.class) == 1;
        boolean moved = count(planned.plan().after(), Step.WritePid.class) == 1;
        boolean enters = count(planned.plan().child(), Step.EnterCgroups.class) == 1;
        assertThat(atBirth).isEqualTo(launch.layout.isUnified()).isNotEqualTo(moved || enters);
        assertThat(moved && enters).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void a_user_namespace_is_mapped_before_the_child_becomes_its_root(Launch launch) {
        LaunchPlan plan = launch.plan().plan();
        boolean mapped = launch.read().config().linux().namespaces().isNew(Kind.USER);
        assertThat(count(plan.after(), Step.MapIds.class) == 1).isEqualTo(mapped);
        if (mapped) {
            assertThat(plan.child().subList(0, 2)).hasExactlyElementsOfTypes(Step.Await.class, Step.BecomeRoot.class);
            assertThat(plan.child()).noneMatch(step -> step instanceof Step.Device device && !device.bind());
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_exec_joins_the_cgroups_and_all_namespaces_and_mounts_nothing(Launch launch) {
        Bundle bundle = launch.read();
        List<String> files = List.of("/sys/fs/cgroup/web1/cgroup.procs");
        ExecContext context = new ExecContext(
                ContainerName.of("web1"),
                "/b",
                42,
                files,
                launch.console,
                Handover.NONE,
                false,
                SecurityModules.NONE,
                -1L);
        PlannedLaunch planned = new Planner(_ -> new Bytecode(new byte[8]))
                .exec(bundle.config(), Objects.requireNonNull(bundle.config().process()), context);
        long kinds = bundle.config().linux().namespaces().list().stream()
                .mapToLong(namespace -> namespace.kind().cloneFlag())
                .sum();
        assertThat(planned.cgroups()).isEmpty();
        assertThat(planned.plan().cloneFlags()).isZero();
        assertThat(planned.plan().join()).containsExactly(new Step.EnterCgroups(files), new Step.JoinProcess(kinds));
        assertThat(planned.plan().child())
                .noneMatch(step -> step instanceof Step.Mount
                        || step instanceof Step.Root
                        || step instanceof Step.Console
                        || step instanceof Step.Keyring);
        assertThat(planned.plan().child().getLast()).isInstanceOf(Step.Exec.class);
    }

    private static String words(LaunchPlan plan) {
        List<String> lines = new ArrayList<>();
        Reply.PlanListing listing = PlanText.listing(plan);
        lines.add("namespaces: " + String.join(", ", listing.cloneFlags()));
        listing.sections().forEach((section, steps) -> steps.forEach(step -> lines.add(section + ": " + step.name())));
        return String.join("\n", lines) + "\n";
    }

    /** {@return record name in lower case to the words of step.c that say where it may stand} */
    private static Map<String, String> sectionsInC() throws IOException {
        Map<String, String> sections = new HashMap<>();
        Matcher line =
                Pattern.compile("\\[OP_(\\w+)\\] = \\{\\w+, \"\\w*\", ([^}]+)}").matcher(Files.readString(STEPS_IN_C));
        while (line.find()) {
            sections.put(line.group(1).replace("_", "").toLowerCase(Locale.ROOT), line.group(2));
        }
        assertThat(sections).hasSize(Step.class.getPermittedSubclasses().length);
        return sections;
    }

    private static long count(List<Step> steps, Class<?> type) {
        return steps.stream().filter(type::isInstance).count();
    }

    private static byte[] resource(String name) {
        try (InputStream in = Objects.requireNonNull(
                RealBundlesTest.class.getResourceAsStream("/io/troupe/supervisor/" + name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }
}
