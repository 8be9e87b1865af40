package io.troupe.supervisor.bundle;

import io.troupe.supervisor.bundle.ProcessSection.ConsoleSize;
import io.troupe.supervisor.bundle.ProcessSection.User;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** config.md, "Process". */
final class ProcessReader {
    private static final User ROOT = new User(0, 0, List.of(), null);

    /** The largest id: 2^32-1 means "none" to the kernel. */
    static final long MAX_ID = 0xffff_fffeL;

    private static final int MAX_WINDOW = 0xffff;

    private ProcessReader() {}

    static ProcessSection process(Section section) {
        section.unserved("commandLine");
        boolean terminal = section.flag("terminal");
        @Nullable
        ConsoleSize size =
                section.object("consoleSize", ProcessReader::consoleSize).orElse(null);
        return new ProcessSection(
                args(section),
                section.each("env", ProcessReader::variable),
                section.need("cwd").absolute(),
                section.object("user", ProcessReader::user).orElse(ROOT),
                terminal,
                terminal ? size : null,
                rlimits(section),
                section.object("capabilities", CapabilityReader::sets).orElse(CapabilitySets.NONE),
                section.flag("noNewPrivileges"),
                score(section),
                SchedulingReader.scheduling(section),
                new SecurityLabels(label(section, "apparmorProfile"), label(section, "selinuxLabel")));
    }

    private static List<String> args(Section section) {
        Value value = section.need("args");
        List<String> args = section.each("args", Value::text);
        if (args.isEmpty()) {
            throw value.wrong("is empty", "Name the program to run");
        }
        if (args.getFirst().isEmpty()) {
            throw value.list().getFirst().wrong("is empty", "Name the program to run");
        }
        return args;
    }

    /** {@return a variable of the environment; its value may hold anything but NUL} */
    static String variable(Value value) {
        String text = value.text();
        if (text.indexOf('=') < 1) {
            throw value.wrong("is not of the form NAME=value", "Write a name, =, and a value, which may be empty");
        }
        return text;
    }

    private static User user(Section section) {
        section.unserved("username");
        Long umask = section.number("umask", 0, 0777);
        return new User(
                section.need("uid").number(0, MAX_ID),
                section.need("gid").number(0, MAX_ID),
                section.each("additionalGids", gid -> gid.number(0, MAX_ID)),
                umask == null ? null : umask.intValue());
    }

    private static ConsoleSize consoleSize(Section section) {
        return new ConsoleSize((int) section.need("height").number(0, MAX_WINDOW), (int)
                section.need("width").number(0, MAX_WINDOW));
    }

    private static List<ResourceLimit> rlimits(Section section) {
        Set<String> seen = new HashSet<>();
        return section.objects("rlimits", limit -> rlimit(limit, seen));
    }

    private static ResourceLimit rlimit(Section section, Set<String> seen) {
        Value type = section.need("type");
        String name = type.text();
        Integer number = LimitNames.NUMBERS.get(name);
        if (number == null) {
            throw type.wrong(
                    Value.quoted(name) + " is not a limit of setrlimit(2)", "Write one such as \"RLIMIT_NOFILE\"");
        }
        ConfigReader.unique(seen, name, type);
        long soft = section.need("soft").unsigned();
        long hard = section.need("hard").unsigned();
        if (Long.compareUnsigned(soft, hard) > 0) {
            throw section.need("soft")
                    .wrong(
                            Long.toUnsignedString(soft) + " is above the hard limit " + Long.toUnsignedString(hard),
                            "Lower it or raise hard");
        }
        return new ResourceLimit(name, number, soft, hard);
    }

    /** {@return a word for a security module, empty if there is none} */
    static String label(Section section, String name) {
        return section.text(name).isEmpty() ? "" : section.need(name).word();
    }

    private static @Nullable Integer score(Section section) {
        Long score = section.number("oomScoreAdj", -1000, 1000);
        return score == null ? null : score.intValue();
    }
}
