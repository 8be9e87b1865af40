package io.troupe.launch;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Writes a launch plan in the form that {@code contract.h} describes. */
public final class PlanCodec {
    private static final int MAGIC = 0x31505254;
    private static final int ARG_INT = 0;
    private static final int ARG_BYTES = 1;
    private static final int ARG_LIST = 2;

    private byte[] bytes = new byte[8 * 1024];
    private int length;
    private int begin;
    private int count;

    private PlanCodec() {}

    /** {@return the bytes of a plan, as a FRAME_LAUNCH carries them} */
    public static byte[] encode(LaunchPlan plan) {
        PlanCodec codec = new PlanCodec();
        codec.write(plan);
        return Arrays.copyOf(codec.bytes, codec.length);
    }

    private void write(LaunchPlan plan) {
        u32(MAGIC);
        int flags = 0;
        for (LaunchPlan.Flag flag : plan.flags()) {
            flags |= flag.bit();
        }
        u32(flags);
        i64(plan.cloneFlags());
        u32(plan.clones() ? 1 : 0);
        for (LaunchPlan.Section section : LaunchPlan.Section.values()) {
            List<Step> steps = plan.steps(section);
            u32(steps.size());
            for (Step step : steps) {
                write(step).end();
            }
        }
    }

    private PlanCodec write(Step step) {
        return switch (step) {
            case Step.MakeDirectory(var path, var mode, var fileSystem) ->
                step(1).put(path).put(mode).put(fileSystem);
            case Step.WriteFile(var path, var value) -> step(2).put(path).put(value);
            case Step.WritePid(var paths) -> step(3).put(paths);
            case Step.MapIds(var uidMap, var gidMap, var denySetgroups) ->
                step(4).put(uidMap).put(gidMap).put(denySetgroups);
            case Step.IntoCgroup(var path) -> step(5).put(path);
            case Step.DeviceFilter(var cgroup, var instructions) ->
                step(6).put(cgroup).put(instructions);
            case Step.Listen(var directory, var name) -> step(7).put(directory).put(name);
            case Step.ConnectConsole(var path) -> step(8).put(path);
            case Step.Hook(
                    var name,
                    var path,
                    var args,
                    var env,
                    var timeoutMillis,
                    var stateHead,
                    var stateTail,
                    var pid,
                    var mayFail) ->
                step(9).put(name)
                        .put(path)
                        .put(args)
                        .put(env)
                        .put(timeoutMillis)
                        .put(stateHead)
                        .put(stateTail)
                        .put(pid)
                        .put(mayFail);
            case Step.HookOutput(var output, var errors) -> step(86).put(output).put(errors);
            case Step.ChangeDirectory(var path) -> step(10).put(path);
            case Step.Tell _ -> step(11);
            case Step.Await _ -> step(12);
            case Step.JoinNamespace(var path, var kind) -> step(13).put(path).put(kind);
            case Step.JoinProcess(var kinds) -> step(14).put(kinds);
            case Step.Unshare(var kinds) -> step(15).put(kinds);
            case Step.TimeOffsets(var offsets) -> step(16).put(offsets);
            case Step.EnterCgroups(var paths) -> step(17).put(paths);
            case Step.BecomeRoot(var keepGroups) -> step(18).put(keepGroups);
            case Step.Propagation(var flags) -> step(19).put(flags);
            case Step.Root(var path) -> step(20).put(path);
            case Step.Mount(
                    var type,
                    var source,
                    var target,
                    var attributes,
                    var options,
                    var propagation,
                    var copyUp) ->
                step(21).put(type)
                        .put(source)
                        .put(target)
                        .put(attributes)
                        .put(options)
                        .put(propagation)
                        .put(copyUp);
            case Step.Bind(
                    var source,
                    var target,
                    var recursive,
                    var set,
                    var clear,
                    var setAll,
                    var clearAll,
                    var propagation,
                    var links) ->
                step(22).put(source)
                        .put(target)
                        .put(recursive)
                        .put(set)
                        .put(clear)
                        .put(setAll)
                        .put(clearAll)
                        .put(propagation)
                        .put(links);
            case Step.MakeTarget(var target, var mode) -> step(23).put(target).put(mode);
            case Step.Remount(var target, var set, var clear) ->
                step(24).put(target).put(set).put(clear);
            case Step.Device(var target, var mode, var major, var minor, var uid, var gid, var bind) ->
                step(25).put(target)
                        .put(mode)
                        .put(major)
                        .put(minor)
                        .put(uid)
                        .put(gid)
                        .put(bind);
            case Step.Symlink(var text, var target) -> step(26).put(text).put(target);
            case Step.Console(var rows, var columns, var uid, var gid) ->
                step(27).put(rows).put(columns).put(uid).put(gid);
            case Step.ExecConsole(var rows, var columns) -> step(28).put(rows).put(columns);
            case Step.Terminal _ -> step(29);
            case Step.Mask(var target) -> step(30).put(target);
            case Step.ReadOnly(var target) -> step(31).put(target);
            case Step.Sysctl(var key, var value) -> step(32).put(key).put(value);
            case Step.EnterRoot(var pivot) -> step(33).put(pivot);
            case Step.RootPropagation(var flags) -> step(34).put(flags);
            case Step.RootReadOnly _ -> step(35);
            case Step.Hostname(var name) -> step(36).put(name);
            case Step.DomainName(var name) -> step(37).put(name);
            case Step.LoopbackUp _ -> step(38);
            case Step.NewSession _ -> step(39);
            case Step.Keyring(var name) -> step(40).put(name);
            case Step.ResourceLimit(var resource, var soft, var hard) ->
                step(41).put(resource).put(soft).put(hard);
            case Step.OomScoreAdjust(var value) -> step(42).put(value);
            case Step.Umask(var mask) -> step(43).put(mask);
            case Step.User(var uid, var gid, var groups, var keepGroups) ->
                step(44).put(uid).put(gid).put(groups).put(keepGroups);
            case Step.BoundingCapabilities(var bounding) -> step(45).put(bounding);
            case Step.Capabilities(var effective, var permitted, var inheritable, var ambient) ->
                step(46).put(effective).put(permitted).put(inheritable).put(ambient);
            case Step.NoNewPrivileges _ -> step(47);
            case Step.Dumpable(var dumpable) -> step(48).put(dumpable);
            case Step.Seccomp(var filter, var flags) -> step(49).put(filter).put(flags);
            case Step.WorkingDirectory(var target, var early) ->
                step(50).put(target).put(early);
            case Step.FindProgram(var program, var path) ->
                step(51).put(program).put(path);
            case Step.Gate _ -> step(52);
            case Step.CloseFrom(var preserved) -> step(53).put(preserved);
            case Step.Exec(var args, var env) -> step(54).put(args).put(env);
            case Step.Inherit(var path, var source) -> step(55).put(path).put(source);
            case Step.EnableControllers(var directory, var controllers) ->
                step(56).put(directory).put(controllers);
            case Step.HostReadOnly _ -> step(57);
            case Step.WriteFirst(var paths, var values) -> step(58).put(paths).put(values);
            case Step.OwnCgroup(var directory, var files, var uid) ->
                step(59).put(directory).put(files).put(uid);
            case Step.SendPidfd(var path, var word) -> step(60).put(path).put(word);
            case Step.Passed(var count) -> step(61).put(count);
            case Step.OpenTree(
                    var source,
                    var recursive,
                    var set,
                    var clear,
                    var setAll,
                    var clearAll,
                    var propagation) ->
                step(63).put(source)
                        .put(recursive)
                        .put(set)
                        .put(clear)
                        .put(setAll)
                        .put(clearAll)
                        .put(propagation);
            case Step.NewTree(var type, var source, var attributes, var options, var propagation) ->
                step(64).put(type).put(source).put(attributes).put(options).put(propagation);
            case Step.AttachTree(var target) -> step(65).put(target);
            case Step.Detach(var target) -> step(66).put(target);
            case Step.NullStreams _ -> step(62);
            case Step.MapTree(
                    var source,
                    var recursive,
                    var itself,
                    var uidMap,
                    var gidMap,
                    var namespace,
                    var mapAll) ->
                step(67).put(source)
                        .put(recursive)
                        .put(itself)
                        .put(uidMap)
                        .put(gidMap)
                        .put(namespace)
                        .put(mapAll);
            case Step.TakeTree _ -> step(68);
            case Step.Home(var uid) -> step(69).put(uid);
            case Step.ConnectAgent(var path) -> step(70).put(path);
            case Step.TakeAgent _ -> step(71);
            case Step.SeccompNotify(var filter, var flags, var state) ->
                step(72).put(filter).put(flags).put(state);
            case Step.IoPriority(var priority) -> step(73).put(priority);
            case Step.Scheduler(var policy, var nice, var priority, var flags, var runtime, var deadline, var period) ->
                step(74).put(policy)
                        .put(nice)
                        .put(priority)
                        .put(flags)
                        .put(runtime)
                        .put(deadline)
                        .put(period);
            case Step.CpuAffinity(var processors) -> step(75).put(processors);
            case Step.Personality(var persona) -> step(76).put(persona);
            case Step.MemoryPolicy(var mode, var nodes) -> step(77).put(mode).put(nodes);
            case Step.SecurityLabel(var attribute, var label) ->
                step(78).put(attribute).put(label);
            case Step.MoveInterface(var name, var inside) -> step(79).put(name).put(inside);
            case Step.MapIdsByHelpers(var gids, var uids) -> step(80).put(gids).put(uids);
            case Step.SharedRoot(var path, var place) -> step(81).put(path).put(place);
            case Step.ChangeRoot _ -> step(82);
            case Step.AwaitScope _ -> step(83);
            case Step.Channel(var number) -> step(84).put(number);
            case Step.OpenAs(var path, var number) -> step(85).put(path).put(number);
            case Step.RootOf(var pid) -> step(87).put(pid);
            case Step.Writable(var number) -> step(88).put(number);
            case Step.WriteZero(var number) -> step(89).put(number);
        };
    }

    // ---- one step: its number, how many arguments, how many bytes, then the arguments

    private static final int COUNT_AT = 2;
    private static final int LENGTH_AT = 4;
    private static final int HEADER_BYTES = 8;

    private PlanCodec step(int op) {
        begin = length;
        room(HEADER_BYTES);
        put16(begin, op);
        length += HEADER_BYTES;
        count = 0;
        return this;
    }

    private void end() {
        put16(begin + COUNT_AT, count);
        put32(begin + LENGTH_AT, length - begin - HEADER_BYTES);
    }

    private void argument(int tag) {
        count++;
        room(1);
        bytes[length++] = (byte) tag;
    }

    private PlanCodec put(long value) {
        argument(ARG_INT);
        i64(value);
        return this;
    }

    private PlanCodec put(boolean value) {
        return put(value ? 1L : 0L);
    }

    private PlanCodec put(String text) {
        return put(text.getBytes(StandardCharsets.UTF_8));
    }

    private PlanCodec put(Bytecode program) {
        return put(program.bytes());
    }

    private PlanCodec put(byte[] data) {
        argument(ARG_BYTES);
        text(data);
        return this;
    }

    private PlanCodec put(List<?> items) {
        argument(ARG_LIST);
        u32(items.size());
        for (Object item : items) {
            text(item.toString().getBytes(StandardCharsets.UTF_8));
        }
        return this;
    }

    // ---- little-endian

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(length, more)));
        }
    }

    private void put16(int at, int value) {
        bytes[at] = (byte) value;
        bytes[at + 1] = (byte) (value >>> Byte.SIZE);
    }

    private void put32(int at, int value) {
        put16(at, value);
        put16(at + Short.BYTES, value >>> Short.SIZE);
    }

    private void u32(int value) {
        room(Integer.BYTES);
        put32(length, value);
        length += Integer.BYTES;
    }

    private void i64(long value) {
        u32((int) value);
        u32((int) (value >>> Integer.SIZE));
    }

    private void text(byte[] data) {
        u32(data.length);
        room(data.length + 1);
        System.arraycopy(data, 0, bytes, length, data.length);
        length += data.length;
        bytes[length++] = 0;
    }
}
