package io.troupe.supervisor.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.launch.LaunchPlan;
import io.troupe.launch.StepFailure;
import io.troupe.protocol.ExitCause;
import io.troupe.supervisor.process.ProcessIdentity;
import io.troupe.supervisor.process.ProcessReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever comes in whatever order: nothing throws, and what is replayed is what was. */
class AnySequenceTest {
    private static final int LIVES = 3_000;
    private static final int COMMANDS_PER_LIFE = 60;

    @Test
    void any_commands_in_any_order_leave_a_state_that_its_facts_give_again() {
        for (int seed = 0; seed < LIVES; seed++) {
            Random random = new Random(seed);
            List<Fact> journal = new ArrayList<>();
            ContainerState state = ContainerState.initial();
            for (int i = 0; i < COMMANDS_PER_LIFE; i++) {
                ContainerCommand command = any(random);
                Decision decision = ContainerKernel.decide(state, command, Given.context());
                state = apply(state, decision, journal);
                check(seed, state, decision, journal);
            }
            assertThat(replay(journal)).as("seed %d", seed).isEqualTo(state);
        }
    }

    @Test
    void after_a_restart_what_was_under_way_goes_on() {
        for (int seed = 0; seed < LIVES; seed++) {
            Random random = new Random(seed);
            List<Fact> journal = new ArrayList<>();
            ContainerState state = ContainerState.initial();
            for (int i = 0; i < random.nextInt(COMMANDS_PER_LIFE); i++) {
                state = apply(state, ContainerKernel.decide(state, any(random), Given.context()), journal);
            }
            Decision decision = ContainerKernel.decide(state, new ContainerCommand.Recovered(), Given.context());
            assertThat(decision.effects().isEmpty() && decision.facts().isEmpty())
                    .as("seed %d, %s", seed, state)
                    .isEqualTo(state.rests());
        }
    }

    private static void check(int seed, ContainerState state, Decision decision, List<Fact> journal) {
        assertThat(state.sequence()).as("seed %d", seed).isEqualTo(journal.size());
        for (Fact fact : decision.facts()) {
            if (fact.cause() instanceof Cause.ByEvent(long sequence)
                    && !(fact.event() instanceof ContainerEvent.ExecEnded)
                    && !(fact.event() instanceof ContainerEvent.ExecFailed)) {
                assertThat(sequence)
                        .as("seed %d: cause of %s", seed, fact)
                        .isBetween(1L, (long) journal.indexOf(fact) + 1);
            }
        }
    }

    private static ContainerState apply(ContainerState before, Decision decision, List<Fact> journal) {
        ContainerState state = before;
        for (Fact fact : decision.facts()) {
            state = state.after(fact);
            journal.add(fact);
        }
        return state;
    }

    private static ContainerState replay(List<Fact> journal) {
        ContainerState state = ContainerState.initial();
        for (Fact fact : journal) {
            state = state.after(fact);
        }
        return state;
    }

    private static ContainerCommand any(Random random) {
        Intent intent = Intent.values()[random.nextInt(Intent.values().length)];
        return switch (random.nextInt(32)) {
            case 0, 1 -> new ContainerCommand.Create(Given.blueprint(intent));
            case 2 -> new ContainerCommand.Start();
            case 3 -> new ContainerCommand.Kill(random.nextInt(65), random.nextBoolean());
            case 4 -> new ContainerCommand.Delete(random.nextBoolean());
            case 5 -> new ContainerCommand.Query();
            case 6 -> new ContainerCommand.AwaitExit();
            case 7 -> new ContainerCommand.BeginExec("sh", "cd34", false);
            case 8, 9 -> new ContainerCommand.Launched(new ProcessIdentity("boot-1", 4711 + random.nextInt(2), 99));
            case 10 -> new ContainerCommand.LaunchFailed(Given.NO_PROGRAM);
            case 11 -> new ContainerCommand.Abandoned();
            case 12 -> new ContainerCommand.ProgramStarted();
            case 13 -> new ContainerCommand.ParentReported(4711 + random.nextInt(2), random.nextInt(0x10000));
            case 14 -> new ContainerCommand.EndExec(1, Given.CODE_3);
            case 15 -> new ContainerCommand.WarnHook("poststart[0]");
            case 16 -> new ContainerCommand.Recovered();
            case 21 -> new ContainerCommand.Update(Given.LIMITS);
            case 22 -> new ContainerCommand.LimitsAnswered(Given.LIMITS, random.nextBoolean() ? null : "EINVAL");
            case 25 -> new ContainerCommand.RecordMounts(random.nextBoolean(), List.of("/mnt"), "");
            case 18 -> new ContainerCommand.Pause();
            case 19 -> new ContainerCommand.Resume();
            case 20 ->
                new ContainerCommand.FreezerAnswered(random.nextBoolean(), random.nextBoolean() ? null : "EBUSY");
            case 17 -> new ContainerCommand.KillRefused("EPERM");
            case 23 -> new ContainerCommand.Checkpointed("/images", Checkpoint.STOP);
            case 24 -> new ContainerCommand.Restored("/images");
            default -> new ContainerCommand.ProcessReported(report(random));
        };
    }

    private static ProcessReport report(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> new ProcessReport.Exited(new ExitCause.Signalled(9, false, random.nextBoolean()), "pidfd");
            case 1 -> new ProcessReport.Exited(new ExitCause.Unknown("nobody looked"), "none");
            case 2 -> new ProcessReport.Reattached(random.nextBoolean(), random.nextBoolean());
            case 3 -> new ProcessReport.ProgramStarted();
            case 4 -> new ProcessReport.StartFailed(new StepFailure(LaunchPlan.Section.CHILD, 1, 2, ""), null);
            case 5 -> new ProcessReport.GateUnreachable("connect(2)");
            case 6 -> new ProcessReport.CleanedUp(List.of());
            default -> new ProcessReport.CleanedUp(List.of("a cgroup"));
        };
    }
}
