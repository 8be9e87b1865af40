package io.troupe.supervisor.plan;

import io.troupe.launch.Bytecode;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.SeccompProfile;
import io.troupe.supervisor.bundle.SeccompProfile.Argument;
import io.troupe.supervisor.bundle.SeccompProfile.Operator;
import io.troupe.supervisor.bundle.SeccompProfile.Rule;
import io.troupe.syscall.Errno;
import io.troupe.syscall.Seccomp;
import io.troupe.syscall.Seccomp.Comparison;
import io.troupe.syscall.Seccomp.Condition;
import io.troupe.syscall.SyscallException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Filters by libseccomp, read as runc reads a profile (config-linux.md, "Seccomp"): names that the library does not know
 * are passed over, and so are rules that say what the default says. Remembers the profiles used last, because making a
 * filter takes milliseconds and hosts have few different profiles. Safe for several threads.
 */
public final class LibseccompCompiler implements FilterCompiler {
    private static final int REMEMBERED = 16;
    private static final float LOAD_FACTOR = 0.75f;
    /** runc's number: with fewer names, searching one by one is as fast. */
    private static final int MANY_NAMES = 32;

    private final Map<SeccompProfile, Made> filters = new LinkedHashMap<>(REMEMBERED, LOAD_FACTOR, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SeccompProfile, Made> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** @param unknown names of calls that the library does not know */
    private record Made(Bytecode filter, List<String> unknown) {}

    /**
     * {@return the filter, for this machine}
     *
     * @throws FailureException UNSUPPORTED if libseccomp is missing or too old for the profile; INVALID_BUNDLE if rules
     *     contradict each other
     */
    @Override
    public Bytecode compile(SeccompProfile profile) {
        return made(profile).filter();
    }

    @Override
    public List<String> unknown(SeccompProfile profile) {
        return made(profile).unknown();
    }

    private Made made(SeccompProfile profile) {
        synchronized (filters) {
            Made known = filters.get(profile);
            if (known != null) {
                return known;
            }
        }
        Made made = make(profile);
        synchronized (filters) {
            filters.put(profile, made);
        }
        return made;
    }

    private static Made make(SeccompProfile profile) {
        Seccomp.Action otherwise = action(profile.defaultAction(), profile.defaultErrnoRet());
        try (Seccomp filter = Seccomp.create(otherwise)) {
            for (String architecture : profile.architectures()) {
                filter.addArchitecture(architecture);
            }
            if (profile.syscalls().stream()
                            .mapToInt(rule -> rule.names().size())
                            .sum()
                    > MANY_NAMES) {
                filter.searchByHalves();
            }
            SortedSet<String> unknown = new TreeSet<>();
            for (Rule rule : profile.syscalls()) {
                Seccomp.Action action = action(rule.action(), rule.errnoRet());
                if (!action.equals(otherwise)) {
                    add(filter, rule, action, unknown);
                }
            }
            List<String> names = profile.syscalls().stream()
                    .flatMap(rule -> rule.names().stream())
                    .toList();
            Bytecode whole = NewerCalls.before(
                    filter.export(),
                    NewerCalls.applies(profile) ? filter.known(profile.architectures(), names) : List.of());
            return new Made(whole, List.copyOf(unknown));
        } catch (SyscallException refused) {
            throw failure(refused);
        } catch (IOException unreadable) {
            throw new FailureException(
                    FailureCode.SYSTEM, "config.json: linux.seccomp", String.valueOf(unreadable.getMessage()), "");
        }
    }

    private static void add(Seccomp filter, Rule rule, Seccomp.Action action, Set<String> unknown)
            throws SyscallException {
        for (String name : rule.names()) {
            for (List<Condition> conditions : alternatives(rule.args())) {
                if (!filter.add(name, action, conditions)) {
                    unknown.add(name);
                }
            }
        }
    }

    /**
     * {@return the conditions, a list a rule} Conditions on different arguments must all hold (CVE-2017-18367 was to take
     * them for alternatives). The library has no rule with two conditions on one argument; as in runc each of its
     * conditions is then a rule of its own.
     */
    private static List<List<Condition>> alternatives(List<Argument> args) {
        List<Condition> conditions =
                args.stream().map(LibseccompCompiler::condition).toList();
        long arguments = args.stream().mapToInt(Argument::index).distinct().count();
        return arguments == args.size()
                ? List.of(conditions)
                : conditions.stream().map(List::of).toList();
    }

    private static Condition condition(Argument argument) {
        return new Condition(argument.index(), comparison(argument.op()), argument.value(), argument.valueTwo());
    }

    private static Comparison comparison(Operator operator) {
        return switch (operator) {
            case NOT_EQUAL -> Comparison.NOT_EQUAL;
            case LESS -> Comparison.LESS;
            case LESS_OR_EQUAL -> Comparison.LESS_OR_EQUAL;
            case EQUAL -> Comparison.EQUAL;
            case GREATER_OR_EQUAL -> Comparison.GREATER_OR_EQUAL;
            case GREATER -> Comparison.GREATER;
            case MASKED_EQUAL -> Comparison.MASKED_EQUAL;
        };
    }

    private static Seccomp.Action action(SeccompProfile.Action action, @Nullable Integer data) {
        int number = data == null ? Errno.EPERM.number() : data;
        return switch (action) {
            case KILL_THREAD -> Seccomp.Action.KILL_THREAD;
            case KILL_PROCESS -> Seccomp.Action.KILL_PROCESS;
            case TRAP -> Seccomp.Action.TRAP;
            case ERRNO -> Seccomp.Action.errno(number);
            case TRACE -> Seccomp.Action.trace(number);
            case LOG -> Seccomp.Action.LOG;
            case ALLOW -> Seccomp.Action.ALLOW;
            case NOTIFY -> Seccomp.Action.NOTIFY;
        };
    }

    private static FailureException failure(SyscallException refused) {
        return switch (refused.errno()) {
            case ELIBACC ->
                new FailureException(
                        FailureCode.UNSUPPORTED,
                        "config.json: linux.seccomp",
                        "a filter needs libseccomp, and it is not installed: " + refused.getMessage(),
                        "Install libseccomp 2.5 or later");
            case EEXIST ->
                new FailureException(
                        FailureCode.INVALID_BUNDLE,
                        "config.json: linux.seccomp.syscalls",
                        "two rules say different things of the same call: " + refused.getMessage(),
                        "Remove one of them");
            default ->
                new FailureException(
                        FailureCode.UNSUPPORTED,
                        "config.json: linux.seccomp",
                        String.valueOf(refused.getMessage()),
                        "Remove what libseccomp on this host does not support");
        };
    }
}
