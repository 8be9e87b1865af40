package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** config.md, "Linux Process", and config-linux.md, "Personality", "Memory policy": what the program's kernel says. */
@RootTest
class SchedulingIT {
    /** Fields of /proc/PID/stat from the third on: proc(5) counts from 1, and sh's words from the state. */
    private static final String STAT = "read line </proc/self/stat; set -- ${line#*) }; ";

    private static Result run(Troupe troupe, Bundle bundle) {
        return troupe.run("run", "--bundle", bundle.path().toString(), "scheduled");
    }

    private static Bundle shell(Troupe troupe, String line) {
        return Bundle.shell(troupe.directory(), line);
    }

    /** Nice is field 19 (the caller's with SCHED_IDLE), the real-time priority 40, the policy 41. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"policy": "SCHED_OTHER", "nice": 7} | 7 0 0
        {"policy": "SCHED_OTHER", "nice": -5} | -5 0 0
        {"policy": "SCHED_BATCH", "nice": 3, "flags": ["SCHED_FLAG_RESET_ON_FORK"]} | 3 0 3
        {"policy": "SCHED_IDLE"} | -?[0-9]+ 0 5
        """)
    void a_policy_is_the_program_s(String scheduler, String expected, Troupe troupe) {
        Bundle bundle = shell(troupe, STAT + "echo ${17} ${38} ${39}").set("/process/scheduler", scheduler);

        assertThat(run(troupe, bundle).succeeds().out().strip()).matches(expected);
    }

    /** Where real-time scheduling is shared out by cgroups, a new one of version 1 has no share. */
    @ParameterizedTest
    @CsvSource({"SCHED_FIFO, f, 5, 5 1", "SCHED_RR, r, 99, 99 2"})
    void a_real_time_policy_is_the_program_s(String policy, String option, int priority, String seen, Troupe troupe) {
        Assumptions.assumeTrue(Host.has("chrt"), "needs chrt, to see what the host's kernel lets root do");
        Assumptions.assumeTrue(
                Call.of("chrt", "-" + option, Integer.toString(priority), "true")
                                .run()
                                .exit()
                        == 0,
                "the host lets nobody have real-time priorities");
        Assumptions.assumeFalse(
                Host.cgroup("cpu")
                        .map(cpu -> Files.exists(cpu.resolve("cpu.rt_runtime_us")))
                        .orElse(false),
                "the host's cgroups share real-time scheduling out");
        Bundle bundle = shell(troupe, STAT + "echo ${38} ${39}")
                .set("/process/scheduler", "{\"policy\": \"%s\", \"priority\": %d}".formatted(policy, priority));

        assertThat(run(troupe, bundle).succeeds().out().strip()).isEqualTo(seen);
    }

    @Test
    void a_deadline_is_the_program_s() {
        Assumptions.assumeTrue(Host.has("chrt"), "needs chrt, to see what the host's kernel lets root do");
        Assumptions.assumeTrue(
                Call.of("chrt", "-d", "-T", "1000000", "-D", "10000000", "-P", "20000000", "0", "true")
                                .run()
                                .exit()
                        == 0,
                "the host lets nobody have deadlines");
        try (Troupe troupe = new Troupe()) {
            Bundle bundle = shell(troupe, STAT + "echo ${39}; grep dl. /proc/self/sched")
                    .set("/process/scheduler", """
                            {"policy": "SCHED_DEADLINE", "flags": ["SCHED_FLAG_RESET_ON_FORK"],
                             "runtime": 1000000, "deadline": 10000000, "period": 20000000}""");

            assertThat(run(troupe, bundle).out()).startsWith("6\n");
        }
    }

    @Test
    void what_the_kernel_does_not_grant_is_told(Troupe troupe) {
        Bundle bundle = shell(troupe, "true").set("/process/scheduler", """
                {"policy": "SCHED_DEADLINE", "runtime": 2, "deadline": 1, "period": 1}""");

        assertThat(run(troupe, bundle).failsWithOneLine().err())
                .contains("set scheduling policy 6, nice 0: Invalid argument (EINVAL)");
    }

    @ParameterizedTest
    @CsvSource({
        "IOPRIO_CLASS_BE,6,best-effort: prio 6",
        "IOPRIO_CLASS_RT,3,realtime: prio 3",
        "IOPRIO_CLASS_IDLE,0,idle"
    })
    void a_priority_for_disks_is_the_program_s(String ioClass, int level, String shown, Troupe troupe) {
        Assumptions.assumeTrue(Host.mayPrioritize(), "needs CAP_SYS_NICE");
        Assumptions.assumeTrue(Host.has("ionice"), "needs ionice, to see the priority of a process");
        Bundle bundle = Bundle.sleeping(troupe.directory())
                .set("/process/ioPriority", "{\"class\": \"%s\", \"priority\": %d}".formatted(ioClass, level));
        troupe.runDetached("disk", bundle);

        String seen = Call.of("ionice", "-p", Integer.toString(troupe.pid("disk")))
                .run()
                .succeeds()
                .out();

        assertThat(seen.strip()).isEqualTo(shown);
        troupe.run("delete", "--force", "disk").succeeds();
    }

    @Test
    void a_personality_is_the_program_s(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "cat", "/proc/self/personality")
                .set("/linux/personality", "{\"domain\": \"LINUX32\"}");

        assertThat(run(troupe, bundle).succeeds().out().strip()).isEqualTo("00000008");
        bundle.set("/linux/personality", "{\"domain\": \"LINUX\"}");
        assertThat(run(troupe, bundle).succeeds().out().strip()).isEqualTo("00000000");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_STATIC_NODES"]} | bind=static:0
        {"mode": "MPOL_INTERLEAVE", "nodes": "0"} | interleave:0
        {"mode": "MPOL_PREFERRED", "nodes": "0"} | prefer:0
        {"mode": "MPOL_LOCAL"} | local
        {"mode": "MPOL_DEFAULT"} | default
        """)
    void a_memory_policy_is_the_program_s(String policy, String shown, Troupe troupe) {
        Assumptions.assumeTrue(
                Host.mayPrioritize() && Files.exists(Path.of("/proc/self/numa_maps")),
                "needs memory policies and CAP_SYS_NICE");
        Bundle bundle = Bundle.running(troupe.directory(), "grep", "stack", "/proc/self/numa_maps")
                .set("/linux/memoryPolicy", policy);

        assertThat(run(troupe, bundle).succeeds().out()).contains(" " + shown + " ");
    }

    @Test
    void an_exec_runs_where_it_shall(Troupe troupe) {
        String[] processors =
                Host.field(Path.of("/proc/self/status"), "Cpus_allowed_list").split("[-,]", -1);
        Assumptions.assumeTrue(processors.length > 1, "needs two processors");
        String last = processors[processors.length - 1];
        Bundle bundle = Bundle.sleeping(troupe.directory())
                .set(
                        "/process/execCPUAffinity",
                        "{\"initial\": \"%s\", \"final\": \"%s\"}".formatted(processors[0], last));
        troupe.runDetached("placed", bundle);

        assertThat(allowed(troupe, "self")).isEqualTo(last);
        assertThat(allowed(troupe, "1")).isNotEqualTo(last);
        troupe.run("delete", "--force", "placed").succeeds();
    }

    private static String allowed(Troupe troupe, String process) {
        return troupe.run("exec", "placed", "grep", "Cpus_allowed_list", "/proc/" + process + "/status")
                .succeeds()
                .out()
                .strip()
                .replaceFirst(".*\\t", "");
    }

    @Test
    void processors_that_are_not_there_are_told(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory()).set("/process/execCPUAffinity", "{\"final\": \"8000\"}");
        troupe.runDetached("nowhere", bundle);

        assertThat(troupe.run("exec", "nowhere", "true").failsWithOneLine().err())
                .contains("run on processors 8000: Invalid argument (EINVAL)");
        troupe.run("delete", "--force", "nowhere").succeeds();
    }

    @Test
    void labels_without_their_module_are_refused_and_never_dropped(Troupe troupe) {
        Assumptions.assumeFalse(
                Files.exists(Path.of("/sys/module/apparmor/parameters/enabled")), "the host has AppArmor");
        Bundle bundle = shell(troupe, "true").set("/process/apparmorProfile", "\"troupe-test\"");

        assertThat(run(troupe, bundle).failsWithOneLine().err())
                .contains("config.json: process.apparmorProfile: AppArmor is not enabled on this host");
    }
}
