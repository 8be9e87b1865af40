package io.troupe.supervisor.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.ExitCause;
import io.troupe.protocol.HistoryEntry;
import io.troupe.protocol.Reply;
import io.troupe.supervisor.container.Decision.Verdict;
import io.troupe.supervisor.process.ProcessReport;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What people read: refusals, history, explanations, word for word. */
class WordsTest {
    private static final ContainerEvent REQUESTED = Given.requested(Intent.CREATE);
    private static final ContainerState RUNNING = Given.after(REQUESTED, Given.CREATED, Given.START, Given.STARTED);
    private static final ContainerState STOPPED =
            Given.after(REQUESTED, Given.CREATED, Given.START, Given.STARTED, Given.EXITED);

    @Test
    void refusals_say_what_is_wrong_and_what_to_do() {
        assertThat(line(RUNNING, new ContainerCommand.Start()))
                .isEqualTo("container web1: cannot start: it is running. Kill it first");
        assertThat(line(RUNNING, new ContainerCommand.Delete(false)))
                .isEqualTo("container web1: cannot delete: it is running. Kill it first, or use --force");
        assertThat(line(RUNNING, new ContainerCommand.Create(Given.blueprint(Intent.CREATE))))
                .isEqualTo("container web1: cannot create: the id is taken by a container that is running."
                        + " Delete that one first, or use another id");
        assertThat(line(STOPPED, new ContainerCommand.Kill(15, false)))
                .isEqualTo("container web1: cannot kill: it is stopped, there is no such process. Delete it");
        assertThat(line(STOPPED, new ContainerCommand.Start()))
                .isEqualTo("container web1: cannot start: it is stopped. Delete it and create it again");
        assertThat(line(
                        Given.after(new ContainerEvent.CreateRequested(Given.withoutProgram()), Given.CREATED),
                        new ContainerCommand.Start()))
                .isEqualTo("container web1: cannot start: its configuration has no process."
                        + " Delete it and create it with process.args and process.cwd");
        assertThat(line(STOPPED, new ContainerCommand.BeginExec("sh", "", false)))
                .isEqualTo("container web1: cannot exec: it is stopped. Delete it and create it again");
        assertThat(line(ContainerState.initial(), new ContainerCommand.Start()))
                .isEqualTo("container web1: it does not exist. See \"troupe list\"");
        assertThat(line(RUNNING, new ContainerCommand.ParentReported(1, 0)))
                .isEqualTo("container web1: process 1 is not its own");
        assertThat(line(
                        Given.after(REQUESTED, Given.CREATED, Given.EXITED, Given.DELETE, Given.LEFTOVERS),
                        new ContainerCommand.Create(Given.blueprint(Intent.CREATE))))
                .isEqualTo("container web1: cannot create: what it left could not be removed: rmdir(2) on"
                        + " /sys/fs/cgroup/troupe-t/web1: EBUSY (16, Device or resource busy)."
                        + " Remove that, then delete it again");
    }

    @Test
    void history_tells_who_asked_and_what_caused_it() {
        HistoryEntry entry = Narrative.entry(12, 1, Given.WEB1, Given.fact(REQUESTED));
        assertThat(entry.sentence()).isEqualTo("is to be created");
        assertThat(entry.by()).isEqualTo(Given.ANNA);
        assertThat(entry.details()).containsEntry("command", "run").containsEntry("bundle", "/b");
        assertThat(entry.causedBy()).isZero();
    }

    @Test
    void an_end_by_the_signal_that_was_asked_for_is_caused_by_it() {
        List<Fact> life =
                live(new ContainerCommand.Kill(15, false), reported(new ExitCause.Signalled(15, false, false)));
        Fact exit = life.getLast();
        assertThat(exit.cause()).isEqualTo(new Cause.ByEvent(life.size() - 1));
        Reply.Explanation why = explain(life);
        assertThat(why.sentence())
                .isEqualTo("web1 is stopped: its process was killed by SIGTERM, as uid 1000 asked (run)");
        assertThat(why.chain())
                .extracting(HistoryEntry::kind)
                .containsExactly("exited", "signal-requested", "started", "start-requested", "create-requested");
    }

    @Test
    void an_end_by_the_kernel_is_nobodys() {
        List<Fact> life = live(new ContainerCommand.Kill(9, false), reported(new ExitCause.Signalled(9, false, true)));
        assertThat(life.getLast().cause()).isEqualTo(new Cause.ByWorld());
        assertThat(explain(life).sentence())
                .isEqualTo("web1 is stopped: its process was killed by SIGKILL (out of memory)");
    }

    @Test
    void an_end_by_a_checkpoint_is_caused_by_it_unless_it_was_given_up() {
        ContainerCommand written = new ContainerCommand.Checkpointed("/images", Checkpoint.LAZY);
        ContainerCommand givenUp = new ContainerCommand.Checkpointed("/images", Checkpoint.GIVEN_UP);
        ContainerCommand killed = reported(new ExitCause.Signalled(9, false, false));

        List<Fact> life = live(written, killed);
        assertThat(life.getLast().cause()).isEqualTo(new Cause.ByEvent(life.size() - 1));
        assertThat(live(written, givenUp, killed).getLast().cause()).isEqualTo(new Cause.ByWorld());
        assertThat(live(killed, givenUp)).hasSameSizeAs(live(killed));
    }

    @Test
    void a_running_container_runs_because_somebody_started_it() {
        Reply.Explanation why = explain(live());
        assertThat(why.sentence()).isEqualTo("web1 is running, as uid 1000 asked (run)");
        assertThat(why.chain())
                .extracting(HistoryEntry::kind)
                .containsExactly("started", "start-requested", "create-requested");
    }

    @Test
    void a_deleted_container_still_tells_how_its_process_ended_and_by_whom() {
        List<Fact> life = live(
                new ContainerCommand.Kill(9, false),
                reported(new ExitCause.Signalled(9, false, false)),
                new ContainerCommand.Delete(false),
                new ContainerCommand.ProcessReported(new ProcessReport.CleanedUp(List.of())));
        assertThat(explain(life).chain())
                .extracting(HistoryEntry::kind)
                .containsExactly(
                        "deleted",
                        "delete-requested",
                        "exited",
                        "signal-requested",
                        "started",
                        "start-requested",
                        "create-requested");
    }

    @Test
    void a_better_witness_corrects_an_unknown_end_even_after_the_container_is_gone() {
        List<Fact> life = live(
                reported(new ExitCause.Unknown("nobody looked")),
                new ContainerCommand.Delete(false),
                new ContainerCommand.ProcessReported(new ProcessReport.CleanedUp(List.of())),
                new ContainerCommand.ParentReported(4711, 3 << 8));
        assertThat(life.getLast().event())
                .isEqualTo(new ContainerEvent.Exited(Given.PROCESS, new ExitCause.Exited(3), "parent"));
        assertThat(explain(life).sentence()).isEqualTo("web1 was deleted; its process ended with exit code 3");
    }

    @Test
    void names_of_streams_can_be_read_back() {
        for (ContainerName name : List.of(ContainerName.of("web1"), new ContainerName("/run/a|b", "web1"))) {
            assertThat(ContainerEntity.nameOf(
                            ContainerEntity.persistenceId(name).id()))
                    .isEqualTo(name);
        }
        assertThat(ContainerEntity.persistenceId(Given.WEB1).id()).isEqualTo("container|web1");
    }

    private static ContainerCommand reported(ExitCause cause) {
        return new ContainerCommand.ProcessReported(new ProcessReport.Exited(cause, "pidfd"));
    }

    private static String line(ContainerState state, ContainerCommand command) {
        Verdict verdict =
                ContainerKernel.decide(state, command, Given.context()).verdict();
        return verdict instanceof Verdict.Now(Answer.Refused(var failure)) ? failure.line() : verdict.toString();
    }

    /** The facts of a container that was created and started, and of what came then. */
    private static List<Fact> live(ContainerCommand... then) {
        List<ContainerCommand> commands = new ArrayList<>(List.of(
                new ContainerCommand.Create(Given.blueprint(Intent.CREATE)),
                new ContainerCommand.Launched(Given.PROCESS),
                new ContainerCommand.Start(),
                new ContainerCommand.ProcessReported(new ProcessReport.ProgramStarted())));
        commands.addAll(List.of(then));
        List<Fact> facts = new ArrayList<>();
        ContainerState state = ContainerState.initial();
        for (ContainerCommand command : commands) {
            for (Fact fact :
                    ContainerKernel.decide(state, command, Given.context()).facts()) {
                facts.add(fact);
                state = state.after(fact);
            }
        }
        return facts;
    }

    private static Reply.Explanation explain(List<Fact> facts) {
        List<HistoryEntry> entries = new ArrayList<>();
        ContainerState state = ContainerState.initial();
        for (Fact fact : facts) {
            entries.add(Narrative.entry(entries.size() + 1, entries.size() + 1, Given.WEB1, fact));
            state = state.after(fact);
        }
        return Explanations.explain(Given.WEB1, entries, state);
    }
}
