package io.troupe.supervisor.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.launch.LaunchPlan;
import io.troupe.launch.StepFailure;
import io.troupe.supervisor.container.Decision.Verdict;
import io.troupe.supervisor.process.ProcessReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every state and every command: what is persisted, what is done, what the asker hears. */
class TransitionTableTest {
    /**
     * In a cell: events, then effects in brackets, then the asker's lot. {@code @X}: waits for milestone X; {@code ~}: is
     * decided anew later; an upper-case word: is refused so; {@code ok}: is answered; nothing: nobody waits.
     */
    private static final String TABLE = """
            command         | Absent              | Creating                         | Created                                              | Starting                                             | Running                                 | Paused                                  | Held                                                 | Stopped                                          | Deleting
            create          | create-requested ok | ALREADY_EXISTS                   | ALREADY_EXISTS                                       | ALREADY_EXISTS                                       | ALREADY_EXISTS                          | ALREADY_EXISTS                          | ALREADY_EXISTS                                       | ALREADY_EXISTS                                   | ~
            start           | NOT_FOUND           | WRONG_STATE                      | start-requested [Release] @STARTED                   | WRONG_STATE                                          | WRONG_STATE                             | WRONG_STATE                             | WRONG_STATE                                          | WRONG_STATE                                      | WRONG_STATE
            kill            | NOT_FOUND           | WRONG_STATE                      | signal-requested [SendSignal] @signal                | signal-requested [SendSignal] @signal                | signal-requested [SendSignal] @signal   | signal-requested [SendSignal] @signal   | signal-requested [SendSignal] @signal                | WRONG_STATE                                      | WRONG_STATE
            kill all        | NOT_FOUND           | WRONG_STATE                      | signal-requested [SendSignal] @signal                | signal-requested [SendSignal] @signal                | signal-requested [SendSignal] @signal   | signal-requested [SendSignal] @signal   | signal-requested [SendSignal] @signal                | signal-requested [SendSignal] @signal            | WRONG_STATE
            kill 0          | NOT_FOUND           | WRONG_STATE                      | [SendSignal] @signal                                 | [SendSignal] @signal                                 | [SendSignal] @signal                    | [SendSignal] @signal                    | [SendSignal] @signal                                 | WRONG_STATE                                      | WRONG_STATE
            delete          | NOT_FOUND           | WRONG_STATE                      | WRONG_STATE                                          | WRONG_STATE                                          | WRONG_STATE                             | WRONG_STATE                             | WRONG_STATE                                          | delete-requested [CleanUp] @DELETED              | @DELETED
            delete force    | ok                  | ~                                | delete-requested [KillProcess] @DELETED              | delete-requested [KillProcess] @DELETED              | delete-requested [KillProcess] @DELETED | delete-requested [KillProcess] @DELETED | delete-requested [KillProcess] @DELETED              | delete-requested [CleanUp] @DELETED              | @DELETED
            pause           | NOT_FOUND           | WRONG_STATE                      | [Freeze] @signal                                     | WRONG_STATE                                          | [Freeze] @signal                        | WRONG_STATE                             | WRONG_STATE                                          | WRONG_STATE                                      | WRONG_STATE
            resume          | NOT_FOUND           | WRONG_STATE                      | WRONG_STATE                                          | WRONG_STATE                                          | WRONG_STATE                             | [Freeze] @signal                        | [Freeze] @signal                                     | WRONG_STATE                                      | WRONG_STATE
            update          | NOT_FOUND           | WRONG_STATE                      | [SetLimits] @signal                                  | [SetLimits] @signal                                  | [SetLimits] @signal                     | [SetLimits] @signal                     | [SetLimits] @signal                                  | WRONG_STATE                                      | WRONG_STATE
            state           | NOT_FOUND           | ok                               | ok                                                   | ok                                                   | ok                                      | ok                                      | ok                                                   | ok                                               | ok
            wait            | NOT_FOUND           | @ENDED                           | @ENDED                                               | @ENDED                                               | @ENDED                                  | @ENDED                                  | @ENDED                                               | ok                                               | @ENDED
            exec            | NOT_FOUND           | WRONG_STATE                      | exec-requested ok                                    | exec-requested ok                                    | exec-requested ok                       | WRONG_STATE                             | WRONG_STATE                                          | WRONG_STATE                                      | WRONG_STATE
            exec anyhow     | NOT_FOUND           | WRONG_STATE                      | exec-requested ok                                    | exec-requested ok                                    | exec-requested ok                       | exec-requested ok                       | exec-requested ok                                    | WRONG_STATE                                      | WRONG_STATE
            launched        | WRONG_STATE         | created [Watch] ok               | WRONG_STATE                                          | WRONG_STATE                                          | WRONG_STATE                             | WRONG_STATE                             | WRONG_STATE                                          | WRONG_STATE                                      | WRONG_STATE
            launch failed   | NOT_FOUND           | create-failed [CleanUp] @DELETED | start-failed delete-requested [KillProcess] @DELETED | start-failed delete-requested [KillProcess] @DELETED | WRONG_STATE                             | WRONG_STATE                             | start-failed delete-requested [KillProcess] @DELETED | start-failed delete-requested [CleanUp] @DELETED | start-failed @DELETED
            abandoned       | ok                  | create-failed [CleanUp] @DELETED | delete-requested [KillProcess] @DELETED              | delete-requested [KillProcess] @DELETED              | ok                                      | ok                                      | delete-requested [KillProcess] @DELETED              | ok                                               | ok
            program started | ok                  | WRONG_STATE                      | WRONG_STATE                                          | started ok                                           | ok                                      | ok                                      | WRONG_STATE                                          | ok                                               | ok
            parent          | WRONG_STATE         | WRONG_STATE                      | exited ok                                            | exited ok                                            | exited ok                               | exited ok                               | exited ok                                            | ok                                               | exited [CleanUp] ok
            end exec        | NOT_FOUND           | exec-ended ok                    | exec-ended ok                                        | exec-ended ok                                        | exec-ended ok                           | exec-ended ok                           | exec-ended ok                                        | exec-ended ok                                    | exec-ended ok
            fail exec       | NOT_FOUND           | exec-failed ok                   | exec-failed ok                                       | exec-failed ok                                       | exec-failed ok                          | exec-failed ok                          | exec-failed ok                                       | exec-failed ok                                   | exec-failed ok
            mounts          | WRONG_STATE         | WRONG_STATE                      | mounts-changed ok                                    | mounts-changed ok                                    | mounts-changed ok                       | mounts-changed ok                       | mounts-changed ok                                    | WRONG_STATE                                      | WRONG_STATE
            warn hook       | NOT_FOUND           | hook-warning ok                  | hook-warning ok                                      | hook-warning ok                                      | hook-warning ok                         | hook-warning ok                         | hook-warning ok                                      | hook-warning ok                                  | hook-warning ok
            checkpointed    | NOT_FOUND           | WRONG_STATE                      | WRONG_STATE                                          | WRONG_STATE                                          | checkpointed ok                         | checkpointed ok                         | WRONG_STATE                                          | WRONG_STATE                                      | WRONG_STATE
            restored        | ok                  | WRONG_STATE                      | ok                                                   | restored ok                                          | ok                                      | ok                                      | ok                                                   | ok                                               | ok
            exit            |                     |                                  | exited                                               | exited                                               | exited                                  | exited                                  | exited                                               |                                                  | exited [CleanUp]
            found at gate   |                     |                                  | reattached                                           | reattached [Release]                                 | reattached                              | reattached resumed                      | reattached resumed                                   |                                                  | [KillProcess]
            found running   |                     |                                  | reattached started                                   | reattached started                                   | reattached                              | reattached resumed                      | reattached resumed started                           |                                                  | [KillProcess]
            found frozen    |                     |                                  | reattached started paused                            | reattached started paused                            | reattached paused                       | reattached                              | reattached resumed started paused                    |                                                  | [KillProcess]
            found held      |                     |                                  | reattached paused                                    | reattached [Thaw, Release]                           | reattached paused                       | reattached                              | reattached                                           |                                                  | [KillProcess]
            started         |                     |                                  |                                                      | started ok                                           |                                         |                                         |                                                      |                                                  |
            start failed    |                     |                                  |                                                      | start-failed                                         |                                         |                                         |                                                      | start-failed                                     |
            failed and ended|                     |                                  |                                                      | start-failed exited                                  |                                         |                                         |                                                      | start-failed                                     |
            gate silent     |                     |                                  |                                                      | start-failed                                         |                                         |                                         |                                                      |                                                  |
            cleaned up      |                     |                                  |                                                      |                                                      |                                         |                                         |                                                      |                                                  |
            kill refused    |                     |                                  |                                                      |                                                      |                                         |                                         |                                                      |                                                  | leftovers
            froze           | WRONG_STATE         | WRONG_STATE                      | paused ok                                            | [Thaw] WRONG_STATE                                   | paused ok                               | ok                                      | ok                                                   | WRONG_STATE                                      | WRONG_STATE
            thawed          | WRONG_STATE         | WRONG_STATE                      | ok                                                   | WRONG_STATE                                          | ok                                      | resumed ok                              | resumed ok                                           | WRONG_STATE                                      | WRONG_STATE
            freezer failed  | SYSTEM              | SYSTEM                           | SYSTEM                                               | SYSTEM                                               | SYSTEM                                  | SYSTEM                                  | SYSTEM                                               | SYSTEM                                           | SYSTEM
            limits set      | WRONG_STATE         | WRONG_STATE                      | updated ok                                           | updated ok                                           | updated ok                              | updated ok                              | updated ok                                           | WRONG_STATE                                      | WRONG_STATE
            limits refused  | SYSTEM              | SYSTEM                           | SYSTEM                                               | SYSTEM                                               | SYSTEM                                  | SYSTEM                                  | SYSTEM                                               | SYSTEM                                           | SYSTEM
            recovered       |                     | interrupted [CleanUp]            | [Reattach]                                           | [Reattach]                                           | [Reattach]                              | [Reattach]                              | [Reattach]                                           |                                                  | [Reattach]
            """;

    private static final Map<String, ContainerState> STATES = states();
    private static final Map<String, ContainerCommand> COMMANDS = commands();

    @Test
    void every_state_and_command_comes_to_what_the_table_says() {
        List<String> rows = TABLE.lines().toList();
        List<String> heads = cells(rows.getFirst());
        List<String> wrong = new ArrayList<>();
        for (String row : rows.subList(1, rows.size())) {
            List<String> cells = cells(row);
            for (int column = 1; column < heads.size(); column++) {
                String seen = seen(STATES.get(heads.get(column)), COMMANDS.get(cells.getFirst()));
                if (!seen.equals(cells.get(column))) {
                    wrong.add(cells.getFirst() + " when " + heads.get(column) + ": \"" + cells.get(column)
                            + "\", but \"" + seen + "\"");
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void the_table_has_every_command_and_every_state() {
        assertThat(TABLE.lines().skip(1).map(row -> cells(row).getFirst()))
                .containsExactlyElementsOf(COMMANDS.keySet());
        assertThat(STATES.values().stream().<Class<?>>map(Object::getClass).distinct())
                .containsExactlyInAnyOrder(
                        ContainerState.Absent.class,
                        ContainerState.Creating.class,
                        ContainerState.Created.class,
                        ContainerState.Starting.class,
                        ContainerState.Running.class,
                        ContainerState.Paused.class,
                        ContainerState.Stopped.class,
                        ContainerState.Deleting.class);
        assertThat(COMMANDS.values().stream().<Class<?>>map(Object::getClass).distinct())
                .containsExactlyInAnyOrder(ContainerCommand.class.getPermittedSubclasses());
    }

    private static List<String> cells(String row) {
        return Arrays.stream((row + " ").split("\\|", -1)).map(String::strip).toList();
    }

    private static String seen(ContainerState state, ContainerCommand command) {
        Decision decision = ContainerKernel.decide(state, command, Given.context());
        List<String> words = new ArrayList<>();
        decision.facts().forEach(fact -> words.add(fact.event().kind()));
        if (!decision.effects().isEmpty()) {
            words.add(decision.effects().stream()
                    .map(e -> e.getClass().getSimpleName())
                    .toList()
                    .toString());
        }
        String verdict = verdict(decision.verdict());
        if (!verdict.isEmpty()) {
            words.add(verdict);
        }
        return String.join(" ", words);
    }

    private static String verdict(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Now(Answer.Refused(var failure)) -> failure.code().name();
            case Verdict.Now _ -> "ok";
            case Verdict.Later(Milestone milestone) -> "@" + milestone;
            case Verdict.Postponed _ -> "~";
            case Verdict.OnDelivery _ -> "@signal";
            case Verdict.Nobody _ -> "";
        };
    }

    private static Map<String, ContainerState> states() {
        ContainerEvent requested = Given.requested(Intent.CREATE);
        Map<String, ContainerState> states = new LinkedHashMap<>();
        states.put("Absent", ContainerState.initial());
        states.put("Creating", Given.after(requested));
        states.put("Created", Given.after(requested, Given.CREATED));
        states.put("Starting", Given.after(requested, Given.CREATED, Given.START));
        states.put("Running", Given.after(requested, Given.CREATED, Given.START, Given.STARTED));
        states.put("Paused", Given.after(requested, Given.CREATED, Given.START, Given.STARTED, Given.PAUSED));
        states.put("Held", Given.after(requested, Given.CREATED, Given.PAUSED)); // before its start
        states.put("Stopped", Given.after(requested, Given.CREATED, Given.START, Given.STARTED, Given.EXITED));
        states.put("Deleting", Given.after(requested, Given.CREATED, Given.START, Given.STARTED, Given.FORCE));
        return states;
    }

    private static Map<String, ContainerCommand> commands() {
        Map<String, ContainerCommand> commands = new LinkedHashMap<>();
        commands.put("create", new ContainerCommand.Create(Given.blueprint(Intent.CREATE)));
        commands.put("start", new ContainerCommand.Start());
        commands.put("kill", new ContainerCommand.Kill(15, false));
        commands.put("kill all", new ContainerCommand.Kill(9, true));
        commands.put("kill 0", new ContainerCommand.Kill(0, false));
        commands.put("delete", new ContainerCommand.Delete(false));
        commands.put("delete force", new ContainerCommand.Delete(true));
        commands.put("pause", new ContainerCommand.Pause());
        commands.put("resume", new ContainerCommand.Resume());
        commands.put("update", new ContainerCommand.Update(Given.LIMITS));
        commands.put("state", new ContainerCommand.Query());
        commands.put("wait", new ContainerCommand.AwaitExit());
        commands.put("exec", new ContainerCommand.BeginExec("sh", "cd34", false));
        commands.put("exec anyhow", new ContainerCommand.BeginExec("sh", "cd34", true));
        commands.put("launched", new ContainerCommand.Launched(Given.PROCESS));
        commands.put("launch failed", new ContainerCommand.LaunchFailed(Given.NO_PROGRAM));
        commands.put("abandoned", new ContainerCommand.Abandoned());
        commands.put("program started", new ContainerCommand.ProgramStarted());
        commands.put("parent", new ContainerCommand.ParentReported(4711, 3 << 8));
        commands.put("end exec", new ContainerCommand.EndExec(6, Given.CODE_3));
        commands.put("fail exec", new ContainerCommand.FailExec(6, Given.NO_PROGRAM));
        commands.put("mounts", new ContainerCommand.RecordMounts(true, List.of("/mnt"), ""));
        commands.put("warn hook", new ContainerCommand.WarnHook("poststop[0]: exited with status 3"));
        commands.put("checkpointed", new ContainerCommand.Checkpointed("/images", Checkpoint.STOP));
        commands.put("restored", new ContainerCommand.Restored("/images"));
        reports(commands);
        commands.put("kill refused", new ContainerCommand.KillRefused("EPERM"));
        commands.put("froze", new ContainerCommand.FreezerAnswered(true, null));
        commands.put("thawed", new ContainerCommand.FreezerAnswered(false, null));
        commands.put("freezer failed", new ContainerCommand.FreezerAnswered(true, "EBUSY"));
        commands.put("limits set", new ContainerCommand.LimitsAnswered(Given.LIMITS, null));
        commands.put("limits refused", new ContainerCommand.LimitsAnswered(Given.LIMITS, "EINVAL"));
        commands.put("recovered", new ContainerCommand.Recovered());
        return commands;
    }

    private static void reports(Map<String, ContainerCommand> commands) {
        StepFailure step = new StepFailure(LaunchPlan.Section.CHILD, 7, 2, "");
        commands.put("exit", reported(new ProcessReport.Exited(Given.CODE_3, "pidfd")));
        commands.put("found at gate", reported(new ProcessReport.Reattached(true, false)));
        commands.put("found running", reported(new ProcessReport.Reattached(false, false)));
        commands.put("found frozen", reported(new ProcessReport.Reattached(false, true)));
        commands.put("found held", reported(new ProcessReport.Reattached(true, true)));
        commands.put("started", reported(new ProcessReport.ProgramStarted()));
        commands.put("start failed", reported(new ProcessReport.StartFailed(step, null)));
        commands.put(
                "failed and ended",
                reported(new ProcessReport.StartFailed(step, new ProcessReport.Exited(Given.CODE_3, "pidfd"))));
        commands.put("gate silent", reported(new ProcessReport.GateUnreachable("connect(2): ENOENT")));
        commands.put("cleaned up", reported(new ProcessReport.CleanedUp(List.of())));
    }

    private static ContainerCommand reported(ProcessReport report) {
        return new ContainerCommand.ProcessReported(report);
    }
}
