package io.troupe.supervisor.plan;

import io.troupe.launch.Step;
import io.troupe.supervisor.bundle.LimitNames;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Steps in words, as failures and listings show them. */
public final class StepText {
    private static final int IO_CLASS_SHIFT = 13;
    /** MPOL_* without MPOL_F_*. */
    private static final int MEMORY_MODE = 0xff;

    private StepText() {}

    private static String numbers(List<Long> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** {@return what a step does, such as {@code mount proc on /proc}; shows no environment} */
    public static String describe(Step step) {
        return switch (step) {
            case Step.MakeDirectory(var path, var _, var _) -> "make directory " + path;
            case Step.WriteFile(var path, var value) -> "write " + value.strip() + " to " + path;
            case Step.WriteFirst(var paths, var values) ->
                "write " + values.getFirst().strip() + " to " + String.join(" or ", paths);
            case Step.OwnCgroup(var directory, var _, var uid) -> "give " + directory + " to user " + uid;
            case Step.Inherit(var path, var source) -> "fill " + path + " from " + source;
            case Step.EnableControllers(var directory, var controllers) ->
                "enable " + String.join(", ", controllers) + " below " + directory;
            case Step.WritePid(var paths) ->
                paths.size() == 1 ? "write pid to " + paths.getFirst() : "enter " + paths.size() + " cgroups";
            case Step.IntoCgroup(var path) -> "clone into cgroup " + path;
            case Step.DeviceFilter(var cgroup, var _) -> "attach device filter to " + cgroup;
            case Step.Listen(var directory, var name) -> "listen on " + directory + "/" + name;
            case Step.ConnectConsole(var path) -> "connect to console socket " + path;
            case Step.SendPidfd(var path, var _) -> "send the pidfd to " + path;
            case Step.AwaitScope _ -> "wait for systemd's scope";
            case Step.Channel _ -> "open a channel to the supervisor";
            case Step.OpenAs(var path, var _) -> "open " + path;
            case Step.RootOf(var pid) -> "take the root of process " + pid;
            case Step.Writable(var number) -> "use descriptor " + number;
            case Step.WriteZero(var number) -> "write to descriptor " + number;
            case Step.Passed(var count) -> "pass on " + count + (count == 1 ? " descriptor" : " descriptors");
            case Step.Hook hook -> "hook " + hook.name() + " " + hook.path();
            case Step.HookOutput(var output, var errors) ->
                "open " + (output.isEmpty() || errors.isEmpty() ? output + errors : output + " and " + errors)
                        + " for hooks";
            case Step.ChangeDirectory(var path) -> "change directory to " + path;
            case Step.JoinNamespace(var path, var _) -> "join namespace " + path;
            case Step.Root(var path) -> "bind root " + path;
            case Step.MapIdsByHelpers _ -> "map ids by newgidmap and newuidmap";
            case Step.SharedRoot(var path, var place) -> "bind root " + path + " on " + place;
            case Step.NullStreams _ -> "open the container's /dev/null where standard streams are null";
            case Step.HostReadOnly _ -> "make what is mounted below the root read-only";
            case Step.Mount mount ->
                "mount " + mount.type() + " on " + mount.target()
                        + (mount.copyUp() ? ", with a copy of what is there" : "");
            case Step.MapTree tree -> "map the ids of " + tree.source();
            case Step.ConnectAgent(var path) -> "connect to the agent of system calls at " + path;
            case Step.Bind bind -> "bind " + bind.source() + " on " + bind.target();
            case Step.OpenTree tree -> "open " + tree.source();
            case Step.NewTree tree -> "make a " + tree.type();
            case Step.AttachTree(var target) -> "attach it at " + target;
            case Step.Detach(var target) -> "unmount " + target;
            case Step.MakeTarget(var target, var _) -> "make directory " + target;
            case Step.Remount(var target, var _, var _) -> "remount " + target;
            case Step.Device device -> "make device " + device.target();
            case Step.Symlink(var text, var target) -> "link " + target + " to " + text;
            case Step.Mask(var target) -> "mask " + target;
            case Step.ReadOnly(var target) -> "make read-only " + target;
            case Step.Sysctl(var key, var value) -> "set sysctl " + key + " to " + value;
            case Step.EnterRoot(var pivot) -> pivot ? "pivot_root into the root" : "move into the root";
            case Step.Hostname(var name) -> "set hostname " + name;
            case Step.DomainName(var name) -> "set domain name " + name;
            case Step.User user -> "become user " + user.uid() + ":" + user.gid();
            case Step.ResourceLimit limit ->
                "set " + LimitNames.of(limit.resource()) + " to " + limit.soft() + ":" + limit.hard();
            case Step.WorkingDirectory(var target, var _) -> "enter working directory " + target;
            case Step.Home(var uid) -> "look for the home of user " + uid;
            case Step.FindProgram(var program, var _) -> "find program " + program;
            case Step.Exec(var args, var _) -> "exec " + args.getFirst();
            case Step.MoveInterface(var name, var inside) ->
                "move interface " + name + (inside.equals(name) ? "" : " as " + inside);
            case Step.IoPriority(var priority) ->
                "set I/O priority to class " + (priority >> IO_CLASS_SHIFT) + ", level "
                        + (priority & (1 << IO_CLASS_SHIFT) - 1);
            case Step.Scheduler(var policy, var nice, var priority, var _, var _, var _, var _) ->
                "set scheduling policy " + policy + (priority == 0 ? ", nice " + nice : ", priority " + priority);
            case Step.CpuAffinity(var processors) -> "run on processors " + numbers(processors);
            case Step.Personality(var persona) -> "set personality " + persona;
            case Step.MemoryPolicy(var mode, var nodes) ->
                "set memory policy " + (mode & MEMORY_MODE) + (nodes.isEmpty() ? "" : " on nodes " + numbers(nodes));
            case Step.SecurityLabel(var attribute, var label) -> "write \"" + label + "\" to attr/" + attribute;
            default -> words(step);
        };
    }

    /** {@return the record's name in words: BecomeRoot is "become root"} */
    static String words(Step step) {
        return step.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }
}
