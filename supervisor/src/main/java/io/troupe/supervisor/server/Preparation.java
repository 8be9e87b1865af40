package io.troupe.supervisor.server;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Request;
import io.troupe.supervisor.bundle.Bundle;
import io.troupe.supervisor.bundle.Namespaces;
import io.troupe.supervisor.bundle.ProcessSection;
import io.troupe.supervisor.container.Blueprint;
import io.troupe.supervisor.container.Intent;
import io.troupe.supervisor.host.HostFacts;
import io.troupe.supervisor.host.LiveHost;
import io.troupe.supervisor.plan.ConsoleWish;
import io.troupe.supervisor.plan.CriuPlans;
import io.troupe.supervisor.plan.Handover;
import io.troupe.supervisor.plan.LaunchContext;
import io.troupe.supervisor.plan.PlannedLaunch;
import io.troupe.supervisor.plan.Planner;
import io.troupe.supervisor.process.Footprint;
import io.troupe.supervisor.systemd.Systemd;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** From a request to a plan; reads the bundle and touches nothing. */
final class Preparation {
    private static final int LONGEST_DIRECTORY_NAME = 64;
    private static final int DIGEST_DIGITS = 32;

    private final Planner planner;
    private final LiveHost host;
    private final Systemd systemd;
    private final Networks networks;
    private final Path containers;

    /**
     * Plans for one host.
     *
     * @param containers where private directories are made
     */
    Preparation(Planner planner, LiveHost host, Systemd systemd, Networks networks, Path containers) {
        this.planner = planner;
        this.host = host;
        this.systemd = systemd;
        this.networks = networks;
        this.containers = containers;
    }

    /** {@return the launch of a CRIU that restores} */
    Prepared restore(Request.Restore request, CriuPlans.Place place, Session session) {
        Bundle bundle = Bundles.read(request.bundle(), request.name().id());
        CheckpointRequest.requireOwnMounts(bundle.config(), "restore");
        RestoreRequest.check(bundle.config());
        HostFacts now = facts(request.launch());
        LaunchContext context = new LaunchContext(
                request.name(),
                containers.resolve(directoryName(request.name())).toString(),
                console(
                        bundle.config().process(),
                        request.launch().consoleSocket(),
                        !request.detach(),
                        session.terminalSize()),
                Handover.NONE,
                false,
                false,
                false,
                !request.detach(),
                systemd(request.launch()),
                false,
                now,
                ResctrlGroups.toCreate(request.name(), bundle.config(), now.resctrl()));
        Intent intent = request.detach() ? Intent.RUN_DETACHED : Intent.RUN;
        return prepared(
                bundle, context, CriuPlans.restore(bundle, context, place), intent, request.launch(), "restore", null);
    }

    /** {@return the launch of a create or a run} */
    Prepared prepare(
            ContainerName name,
            Request.BundleSource source,
            Request.LaunchOptions options,
            Intent intent,
            Session session) {
        Bundle bundle = Bundles.read(source, name.id());
        HostFacts now = facts(options);
        boolean foreground = intent == Intent.RUN || intent == Intent.RUN_KEPT;
        LaunchContext context = new LaunchContext(
                name,
                containers.resolve(directoryName(name)).toString(),
                console(bundle.config().process(), options.consoleSocket(), foreground, session.terminalSize()),
                Handovers.of(options, bundle.config().root().borrowed(), session),
                options.noPivot(),
                options.noNewKeyring(),
                intent == Intent.CREATE,
                foreground,
                systemd(options),
                networksServe(bundle),
                now,
                ResctrlGroups.toCreate(name, bundle.config(), now.resctrl()));
        return prepared(
                bundle,
                context,
                planner.create(bundle, context),
                intent,
                options,
                intent == Intent.CREATE ? "create" : "run",
                context.handover().notifies() ? Handovers.notifyAddress(session.variable(Handovers.NOTIFY)) : null);
    }

    private static Prepared prepared(
            Bundle bundle,
            LaunchContext context,
            PlannedLaunch planned,
            Intent intent,
            Request.LaunchOptions options,
            String word,
            @Nullable String notifyAddress) {
        Blueprint blueprint = new Blueprint(
                bundle.path().toString(),
                bundle.rootfs().toString(),
                bundle.config().ociVersion(),
                new TreeMap<>(bundle.config().annotations()),
                bundle.sha256(),
                new Footprint(
                        context.directory(),
                        planned.cgroups(),
                        planned.scope() == null ? "" : planned.scope().name().unit(),
                        context.group() == null ? List.of() : context.group().footprint(),
                        planned.spare()),
                intent,
                !bundle.config().hooks().poststart().isEmpty(),
                !bundle.config().hooks().poststop().isEmpty(),
                planned.lateSteps());
        String pidFile = options.pidFile();
        return new Prepared(
                context.name(),
                planned.plan(),
                blueprint,
                bundle.json(),
                pidFile == null ? null : Path.of(pidFile),
                planned.warnings(),
                planned.remarks(),
                word,
                planned.ahead(),
                planned.network(),
                notifyAddress,
                planned.scope());
    }

    private boolean networksServe(Bundle bundle) {
        return networks.work() && bundle.config().linux().namespaces().isNew(Namespaces.Kind.NETWORK);
    }

    /** {@return the plan of what create would do} Without a console socket a terminal is planned as the caller's. */
    io.troupe.launch.LaunchPlan plan(Request.Plan request, Session session) {
        Bundle bundle = Bundles.read(request.bundle(), request.name().id());
        HostFacts now = facts(request.options());
        LaunchContext context = new LaunchContext(
                request.name(),
                containers.resolve(directoryName(request.name())).toString(),
                console(bundle.config().process(), request.options().consoleSocket(), true, session.terminalSize()),
                Handovers.of(request.options(), bundle.config().root().borrowed(), session),
                request.options().noPivot(),
                request.options().noNewKeyring(),
                true,
                false,
                systemd(request.options()),
                networksServe(bundle),
                now,
                ResctrlGroups.toCreate(request.name(), bundle.config(), now.resctrl()));
        return planner.create(bundle, context).plan();
    }

    private @Nullable String systemd(Request.LaunchOptions options) {
        return options.cgroups() == Request.CgroupManager.SYSTEMD ? systemd.cgroup() : null;
    }

    private HostFacts facts(Request.LaunchOptions options) {
        return switch (options.cgroups()) {
            case CGROUPFS, SYSTEMD -> host.now();
            case DELEGATED -> host.delegated();
            case DISABLED -> host.now().withoutCgroups();
        };
    }

    /**
     * {@return where the terminal of a process goes}
     *
     * @param size rows and columns of the caller's terminal, 0 without one
     */
    static ConsoleWish console(
            @Nullable ProcessSection process, @Nullable String socket, boolean foreground, int[] size) {
        if (socket != null) {
            return new ConsoleWish.Socket(socket);
        }
        if (process == null || !process.terminal()) {
            return new ConsoleWish.None();
        }
        if (!foreground) {
            throw new FailureException(
                    FailureCode.INVALID_BUNDLE,
                    "config.json: process.terminal",
                    "a process that runs without its caller needs a place for its terminal",
                    "Use --console-socket, or set it to false");
        }
        return new ConsoleWish.Local(size[0], size[1]);
    }

    /** {@return a name for files that no other container of this supervisor has} */
    static String directoryName(ContainerName name) {
        if (name.root().isEmpty() && name.id().length() <= LONGEST_DIRECTORY_NAME) {
            return name.id();
        }
        return sha256(name.root() + '\0' + name.id()).substring(0, DIGEST_DIGITS);
    }

    static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
