package io.troupe.supervisor.server;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.ExitCause;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Reply;
import io.troupe.protocol.Request;
import io.troupe.supervisor.bundle.ConfigReader;
import io.troupe.supervisor.bundle.IntelRdt;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.bundle.ProcessSection;
import io.troupe.supervisor.container.Answer;
import io.troupe.supervisor.container.ContainerCommand;
import io.troupe.supervisor.host.LiveHost;
import io.troupe.supervisor.host.Resctrl;
import io.troupe.supervisor.plan.ConsoleWish;
import io.troupe.supervisor.plan.ExecContext;
import io.troupe.supervisor.plan.PlannedLaunch;
import io.troupe.supervisor.plan.Planner;
import io.troupe.supervisor.process.Endings;
import io.troupe.supervisor.process.ProcessIdentity;
import io.troupe.syscall.Pidfd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Other processes in a running container: recorded before and after, planned as create plans its own. */
final class Execs {
    private static final String WORD = "exec";

    private final Containers containers;
    private final Planner planner;
    private final Machinery machinery;
    private final LiveHost host;

    Execs(Containers containers, Planner planner, Machinery machinery, LiveHost host) {
        this.containers = containers;
        this.planner = planner;
        this.machinery = machinery;
        this.host = host;
    }

    void exec(Request.Exec request, Session session, Replies replies) throws ClientGone {
        ContainerName name = request.name();
        ProcessSection wanted = wanted(request.options());
        if (wanted != null && request.options().terminal() && !wanted.terminal()) {
            throw new FailureException(
                    FailureCode.USAGE,
                    "--tty",
                    "the process of " + request.options().processFile() + " asks for no terminal",
                    "Say \"terminal\": true in it, or leave the option out");
        }
        List<String> args = wanted == null ? request.options().args() : wanted.args();
        Answer.ExecGranted granted = (Answer.ExecGranted) containers.settle(
                session,
                name,
                new ContainerCommand.BeginExec(
                        args.getFirst(), digest(args), request.options().ignorePaused()),
                WORD);
        try {
            ExitCause cause = launch(request, wanted, granted, session);
            replies.reply(cause == null ? new Reply.Done() : new Reply.Ended(cause));
        } catch (FailureException problem) {
            containers.tell(name, new ContainerCommand.FailExec(granted.exec(), problem.failure()));
            throw problem;
        }
    }

    /** {@return how it ended; null for one that goes on without its caller} */
    private @Nullable ExitCause launch(
            Request.Exec request, @Nullable ProcessSection wanted, Answer.ExecGranted granted, Session session)
            throws ClientGone {
        Request.ExecOptions options = request.options();
        OciConfig config = PrivateConfig.read(request.name(), granted.blueprint());
        ExecCgroups cgroups = cgroups(granted);
        ProcessSection process = wanted != null ? wanted : ExecProcess.of(config, options);
        ConsoleWish console =
                Preparation.console(process, options.consoleSocket(), !options.detach(), session.terminalSize());
        PlannedLaunch planned = planner.exec(
                config,
                process,
                new ExecContext(
                        request.name(),
                        granted.blueprint().bundle(),
                        granted.process().pid(),
                        entered(request, config, cgroups),
                        console,
                        Handovers.of(options, session),
                        !options.detach(),
                        host.now().security(),
                        host.now().capabilities()));
        session.warn(planned.warnings());
        Conversation talk = new Conversation(session, _ -> {});
        Pidfd pidfd = null;
        try (Pidfd target = machinery.open(granted.process())) {
            talk.send(planned.plan(), machinery.binary(), target.descriptor());
            pidfd = talk.awaitProcess();
            ProcessIdentity identity = talk.identify(machinery, pidfd);
            cgroups.follow();
            talk.adopt("");
            talk.awaitStarted();
            String pidFile = options.pidFile();
            machinery.writePidFile(pidFile == null ? null : Path.of(pidFile), identity.pid());
            if (options.detach()) {
                machinery.follow(
                        pidfd.duplicate(),
                        identity,
                        cause -> containers.tell(request.name(), new ContainerCommand.EndExec(granted.exec(), cause)));
                return null;
            }
            ExitCause cause = Endings.cause(talk.awaitExit());
            containers.tell(request.name(), new ContainerCommand.EndExec(granted.exec(), cause));
            return cause;
        } catch (StepFailedException problem) {
            throw new FailureException(Wordings.failure(request.name(), planned.plan(), problem.failure()));
        } catch (IOException problem) {
            if (pidfd != null) {
                machinery.end(pidfd);
            }
            throw new FailureException(new Failure(
                    FailureCode.SYSTEM, "container " + request.name(), "cannot exec: " + problem.getMessage(), ""));
        } catch (ClientGone problem) {
            // Its caller left; the process may have been adopted, and then it goes on.
            follow(request.name(), granted, pidfd);
            throw problem;
        } finally {
            if (pidfd != null) {
                pidfd.close();
            }
        }
    }

    /** {@return files for the pid of the process: of cgroups and of resctrl} */
    private List<String> entered(Request.Exec request, OciConfig config, ExecCgroups cgroups) {
        List<String> files =
                new ArrayList<>(looked(() -> cgroups.files(request.options().cgroups())));
        IntelRdt group = config.linux().intelRdt();
        Resctrl mounted = host.now().resctrl();
        if (group != null && mounted != null) {
            files.addAll(new ResctrlGroups(mounted).tasks(request.name(), group));
        }
        return files;
    }

    private ExecCgroups cgroups(Answer.ExecGranted granted) {
        Path membership = Path.of("/proc", Integer.toString(granted.process().pid()), "cgroup");
        return looked(
                () -> new ExecCgroups(host.now().cgroups(), granted.blueprint().footprint(), membership));
    }

    /** What looks at cgroups. */
    @FunctionalInterface
    private interface Look<T> {
        T at() throws IOException;
    }

    private static <T> T looked(Look<T> look) {
        try {
            return look.at();
        } catch (IOException problem) {
            throw new FailureException(
                    FailureCode.SYSTEM, "cgroups", "cannot be looked at: " + problem.getMessage(), "");
        }
    }

    private void follow(ContainerName name, Answer.ExecGranted granted, @Nullable Pidfd pidfd) {
        if (pidfd == null) {
            containers.tell(
                    name,
                    new ContainerCommand.FailExec(
                            granted.exec(),
                            new Failure(FailureCode.SYSTEM, "container " + name, "cannot exec: the client left", "")));
            return;
        }
        try {
            ProcessIdentity identity = machinery.identify(pidfd);
            machinery.follow(
                    pidfd.duplicate(),
                    identity,
                    cause -> containers.tell(name, new ContainerCommand.EndExec(granted.exec(), cause)));
        } catch (IOException | FailureException problem) {
            containers.tell(
                    name,
                    new ContainerCommand.EndExec(
                            granted.exec(), new ExitCause.Unknown("its caller left: " + problem.getMessage())));
        }
    }

    private static @Nullable ProcessSection wanted(Request.ExecOptions options) {
        String file = options.processFile();
        if (file == null) {
            return null;
        }
        try {
            return ConfigReader.process(Files.readAllBytes(Path.of(file)));
        } catch (IOException problem) {
            throw new FailureException(
                    FailureCode.INVALID_BUNDLE,
                    file,
                    problem instanceof NoSuchFileException
                            ? "it is missing"
                            : "it cannot be read: " + problem.getMessage(),
                    "Name a readable JSON file after --process");
        }
    }

    private static String digest(List<String> args) {
        StringBuilder all = new StringBuilder();
        args.forEach(arg -> all.append(arg).append('\0'));
        return Preparation.sha256(all.toString());
    }
}
