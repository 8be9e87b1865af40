package io.troupe.supervisor.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutOfMemoryVictimsTest {
    private static final String KILL = "<4>[22192.958330] [  19422]     0 19422    66103  0 dd\n"
            + "<6>[22192.958334] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),task=dd,pid=19422,uid=0\n"
            + "<3>[22192.958352] Memory cgroup out of memory: Killed process 19422 (dd) total-vm:264412kB, UID:0\n"
            + "<3>[22193.000001] Out of memory: Killed process 77 (a) total-vm:1kB, UID:0\n";
    private static final String FROM_BOOT = "<5>[    0.000000] Linux version 6.18\n" + KILL;

    @Test
    void the_process_that_was_killed_is_named() {
        assertThat(OutOfMemoryVictims.include(KILL, 19_422, 22_000)).contains(true);
        assertThat(OutOfMemoryVictims.include(KILL, 77, 22_000)).contains(true);
    }

    @Test
    void of_another_it_is_known_as_far_as_the_log_reaches_back() {
        assertThat(OutOfMemoryVictims.include(FROM_BOOT, 19_421, 22_000)).contains(false);
        assertThat(OutOfMemoryVictims.include(FROM_BOOT, 19_421, 0.5)).contains(false);
        assertThat(OutOfMemoryVictims.include(KILL, 19_421, 22_190)).isEmpty();
        assertThat(OutOfMemoryVictims.include(KILL, 19_421, 23_000)).contains(false);
        assertThat(OutOfMemoryVictims.include("", 19_421, 22_190)).isEmpty();
        assertThat(OutOfMemoryVictims.include("<3>Out of memory: Killed process 7 (a)\n", 7, 1))
                .isEmpty();
    }

    @Test
    void an_earlier_process_of_the_same_pid_is_another() {
        assertThat(OutOfMemoryVictims.include(FROM_BOOT, 19_422, 30_000)).contains(false);
    }

    @Test
    void a_program_s_name_is_no_message() {
        String log = "<5>[    0.000000] Linux\n<6>[  100.0] a.out[5]: segfault (Out of memory: Killed process 9 (x)\n"
                + "<3>[  101.0] Out of memory: Killed process 8 (: Killed process 9 (x) total-vm:1kB\n";
        assertThat(OutOfMemoryVictims.include(log, 9, 50)).contains(false);
        assertThat(OutOfMemoryVictims.include(log, 8, 50)).contains(true);
    }
}
