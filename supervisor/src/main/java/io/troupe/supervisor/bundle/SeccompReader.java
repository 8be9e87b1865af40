package io.troupe.supervisor.bundle;

import io.troupe.supervisor.bundle.SeccompProfile.Action;
import io.troupe.supervisor.bundle.SeccompProfile.Argument;
import io.troupe.supervisor.bundle.SeccompProfile.Listener;
import io.troupe.supervisor.bundle.SeccompProfile.Operator;
import io.troupe.supervisor.bundle.SeccompProfile.Rule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** config-linux.md, "Seccomp". */
final class SeccompReader {
    private static final int MAX_ERRNO = 4095;
    private static final int MAX_TRACE = 0xffff;
    private static final int MAX_ARGUMENT = 5;
    private static final String SENDING = "sendmsg";

    static final Map<String, Action> ACTIONS = Map.of(
            "SCMP_ACT_KILL", Action.KILL_THREAD,
            "SCMP_ACT_KILL_THREAD", Action.KILL_THREAD,
            "SCMP_ACT_KILL_PROCESS", Action.KILL_PROCESS,
            "SCMP_ACT_TRAP", Action.TRAP,
            "SCMP_ACT_ERRNO", Action.ERRNO,
            "SCMP_ACT_TRACE", Action.TRACE,
            "SCMP_ACT_LOG", Action.LOG,
            "SCMP_ACT_NOTIFY", Action.NOTIFY,
            "SCMP_ACT_ALLOW", Action.ALLOW);
    static final Map<String, Operator> OPERATORS = Map.of(
            "SCMP_CMP_NE", Operator.NOT_EQUAL,
            "SCMP_CMP_LT", Operator.LESS,
            "SCMP_CMP_LE", Operator.LESS_OR_EQUAL,
            "SCMP_CMP_EQ", Operator.EQUAL,
            "SCMP_CMP_GE", Operator.GREATER_OR_EQUAL,
            "SCMP_CMP_GT", Operator.GREATER,
            "SCMP_CMP_MASKED_EQ", Operator.MASKED_EQUAL);
    static final Set<String> ARCHITECTURES = Set.of(
            "SCMP_ARCH_X86",
            "SCMP_ARCH_X86_64",
            "SCMP_ARCH_X32",
            "SCMP_ARCH_ARM",
            "SCMP_ARCH_AARCH64",
            "SCMP_ARCH_LOONGARCH64",
            "SCMP_ARCH_M68K",
            "SCMP_ARCH_MIPS",
            "SCMP_ARCH_MIPS64",
            "SCMP_ARCH_MIPS64N32",
            "SCMP_ARCH_MIPSEL",
            "SCMP_ARCH_MIPSEL64",
            "SCMP_ARCH_MIPSEL64N32",
            "SCMP_ARCH_PPC",
            "SCMP_ARCH_PPC64",
            "SCMP_ARCH_PPC64LE",
            "SCMP_ARCH_RISCV64",
            "SCMP_ARCH_S390",
            "SCMP_ARCH_S390X",
            "SCMP_ARCH_SH",
            "SCMP_ARCH_SHEB",
            "SCMP_ARCH_PARISC",
            "SCMP_ARCH_PARISC64");
    private static final String SPEC_ALLOW = "SECCOMP_FILTER_FLAG_SPEC_ALLOW";

    private SeccompReader() {}

    static SeccompProfile profile(Section section) {
        Action action = action(section.need("defaultAction"));
        if (action == Action.NOTIFY) {
            throw section.need("defaultAction")
                    .unserved(
                            "cannot be \"SCMP_ACT_NOTIFY\": the launcher would have to ask before it has told whom",
                            "Use another action, and name the calls to ask for");
        }
        boolean flagged = section.find("flags").isPresent();
        List<Rule> rules = section.objects("syscalls", SeccompReader::rule);
        return new SeccompProfile(
                action,
                errno(section, "defaultErrnoRet", action),
                section.each("architectures", value -> known(value, ARCHITECTURES, "an architecture")),
                flagged
                        ? section.each("flags", value -> known(value, SeccompProfile.FLAGS.keySet(), "a served flag"))
                        : List.of(SPEC_ALLOW),
                rules,
                listener(section, rules));
    }

    /** Without a call to ask for, path and metadata are ignored: so says the specification. */
    private static @Nullable Listener listener(Section section, List<Rule> rules) {
        String path = section.find("listenerPath")
                .filter(value -> !value.text().isEmpty())
                .map(Value::absolute)
                .orElse("");
        String metadata = section.text("listenerMetadata");
        if (rules.stream().noneMatch(rule -> rule.action() == Action.NOTIFY)) {
            return null;
        }
        return new Listener(path, metadata);
    }

    private static Rule rule(Section section) {
        Value names = section.need("names");
        if (names.list().isEmpty()) {
            throw names.wrong("is empty", "Name at least one system call");
        }
        Action action = action(section.need("action"));
        if (action == Action.NOTIFY) {
            names.list().stream().filter(name -> name.text().equals(SENDING)).forEach(name -> {
                throw name.unserved(
                        "cannot have the action SCMP_ACT_NOTIFY: the launcher sends the listener with it", "Remove it");
            });
        }
        return new Rule(
                section.each("names", Value::word),
                action,
                errno(section, "errnoRet", action),
                section.objects("args", SeccompReader::argument));
    }

    private static Argument argument(Section section) {
        Value op = section.need("op");
        Operator operator = OPERATORS.get(op.text());
        if (operator == null) {
            throw op.wrong(Value.quoted(op.text()) + " is not a comparison", "Write one such as \"SCMP_CMP_EQ\"");
        }
        return new Argument(
                (int) section.need("index").number(0, MAX_ARGUMENT),
                section.need("value").unsigned(),
                section.find("valueTwo").map(Value::unsigned).orElse(0L),
                operator);
    }

    private static Action action(Value value) {
        String word = value.text();
        Action action = ACTIONS.get(word);
        if (action == null) {
            throw value.wrong(Value.quoted(word) + " is not an action", "Write one such as \"SCMP_ACT_ERRNO\"");
        }
        return action;
    }

    private static @Nullable Integer errno(Section section, String name, Action action) {
        Long number = section.number(name, 0, action == Action.TRACE ? MAX_TRACE : MAX_ERRNO);
        return number == null ? null : number.intValue();
    }

    private static String known(Value value, Set<String> words, String what) {
        String word = value.text();
        if (!words.contains(word)) {
            throw value.wrong(
                    Value.quoted(word) + " is not " + what,
                    "Write one of " + List.copyOf(words).stream().sorted().toList());
        }
        return word;
    }
}
