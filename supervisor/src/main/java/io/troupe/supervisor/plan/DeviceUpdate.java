package io.troupe.supervisor.plan;

import io.troupe.launch.Bytecode;
import io.troupe.supervisor.bundle.Resources.DeviceRule;
import io.troupe.supervisor.host.CgroupLayout.Hierarchy;
import io.troupe.supervisor.host.HostFacts;
import java.util.List;
import java.util.Optional;

/**
 * Other rules for the devices of a container that lives: they take the place of all that hold for it, as at its creation.
 *
 * @param directory the cgroup that they are for, absolute
 * @param text the rules in words
 */
public record DeviceUpdate(String directory, String text, Way way) {
    /** How they come to hold. */
    public sealed interface Way {}

    /** A program of cgroup version 2. */
    public record Program(Bytecode code) implements Way {}

    /**
     * Lines for files of version 1; none if the rules hold already.
     *
     * @param back what leads back, from any point on the way
     */
    public record Lines(List<Line> there, List<Line> back) implements Way {}

    /** @param file absolute */
    public record Line(String file, String text) {}

    /**
     * {@return what is to be done; empty without a rule, and for those who may not rule devices, as at creation}
     *
     * @param cgroups the container's, absolute
     * @throws io.troupe.protocol.FailureException UNSUPPORTED, if the container has no cgroup for them
     */
    public static Optional<DeviceUpdate> of(
            List<DeviceRule> given, HostFacts host, List<String> cgroups, ResourceUpdate.Current current) {
        if (given.isEmpty() || !DeviceRules.mayBeSet(host)) {
            return Optional.empty();
        }
        boolean unified = host.cgroups().isUnified();
        Optional<Hierarchy> hierarchy =
                unified ? host.cgroups().unified() : host.cgroups().hierarchyOf("devices");
        String directory = hierarchy
                .flatMap(found -> cgroups.stream()
                        .filter(cgroup -> cgroup.startsWith(found.mountPoint() + "/"))
                        .findFirst())
                .orElseThrow(() -> UnifiedResources.unsupported(
                        "devices", "the container has no cgroup of the controller devices"));
        List<DeviceRule> rules = DeviceRules.complete(given);
        Way way = unified ? new Program(DeviceProgram.of(rules)) : lines(directory, rules, current);
        return Optional.of(new DeviceUpdate(directory, DeviceRules.text(given), way));
    }

    private static Lines lines(String directory, List<DeviceRule> rules, ResourceUpdate.Current current) {
        LegacyDevices now =
                LegacyDevices.listed(current.text(directory + "/devices.list").orElse(""));
        LegacyDevices wanted = LegacyDevices.after(rules);
        return new Lines(lines(directory, now.to(wanted)), lines(directory, wanted.to(now)));
    }

    private static List<Line> lines(String directory, List<LegacyDevices.Write> writes) {
        return writes.stream()
                .map(write -> new Line(directory + "/" + write.file(), write.line()))
                .toList();
    }
}
