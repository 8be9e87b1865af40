package io.troupe.supervisor.plan;

import static io.troupe.supervisor.plan.FilterMachine.X86;
import static io.troupe.supervisor.plan.FilterMachine.X86_64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.SeccompProfile;
import io.troupe.supervisor.bundle.SeccompProfile.Action;
import io.troupe.supervisor.bundle.SeccompProfile.Argument;
import io.troupe.supervisor.bundle.SeccompProfile.Operator;
import io.troupe.supervisor.bundle.SeccompProfile.Rule;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** What compiled profiles do, by running them. Numbers of calls are those of x86-64 (and i386 where it says so). */
@EnabledIfSystemProperty(named = "os.arch", matches = "amd64")
class LibseccompCompilerTest {
    private static final int KILL_THREAD = 0;
    private static final int ALLOW = 0x7fff0000;
    private static final int ERRNO = 0x00050000;
    private static final int EPERM = 1;
    private static final int ENOSYS = 38;
    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int CLONE = 56;
    private static final int REBOOT = 169;
    private static final int X86_REBOOT = 88;
    private static final int X32_BIT = 0x40000000;
    private static final List<String> CALLS = List.of("read", "write", "clone", "reboot");
    private static final int[] NUMBERS = {READ, WRITE, CLONE, REBOOT};

    private final LibseccompCompiler compiler = new LibseccompCompiler();

    @Test
    void what_no_rule_speaks_of_is_the_default() {
        FilterMachine filter = compiled(Action.ERRNO, ENOSYS, rule(Action.ALLOW, null, "read"));
        assertThat(filter.run(X86_64, READ)).isEqualTo(ALLOW);
        assertThat(filter.run(X86_64, WRITE)).isEqualTo(ERRNO | ENOSYS);
    }

    @Test
    void an_error_is_eperm_unless_the_profile_says_which() {
        FilterMachine filter =
                compiled(Action.ALLOW, null, rule(Action.ERRNO, null, "read"), rule(Action.ERRNO, ENOSYS, "write"));
        assertThat(filter.run(X86_64, READ)).isEqualTo(ERRNO | EPERM);
        assertThat(filter.run(X86_64, WRITE)).isEqualTo(ERRNO | ENOSYS);
        assertThat(compiled(Action.ERRNO, null).run(X86_64, READ)).isEqualTo(ERRNO | EPERM);
    }

    @Test
    void every_action_is_what_the_kernel_calls_so() {
        List<Action> actions =
                List.of(Action.KILL_PROCESS, Action.KILL_THREAD, Action.TRAP, Action.TRACE, Action.LOG, Action.ERRNO);
        List<Integer> answers = actions.stream()
                .map(action ->
                        compiled(Action.ALLOW, null, rule(action, 7, "read")).run(X86_64, READ))
                .toList();
        assertThat(answers).containsExactly(0x80000000, KILL_THREAD, 0x00030000, 0x7ff00007, 0x7ffc0000, ERRNO | 7);
    }

    @Test
    void calls_that_are_newer_than_the_profile_are_unknown_to_the_kernel() {
        SeccompProfile profile = new SeccompProfile(
                Action.ERRNO,
                null,
                List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"),
                List.of(),
                List.of(
                        rule(Action.ALLOW, null, "read"),
                        rule(Action.ALLOW, null, "reboot"),
                        rule(Action.ALLOW, null, "a_call_of_next_year")));
        FilterMachine filter = machine(profile);
        assertThat(filter.run(X86_64, WRITE)).isEqualTo(ERRNO | EPERM);
        assertThat(filter.run(X86_64, REBOOT)).isEqualTo(ALLOW);
        assertThat(filter.run(X86_64, REBOOT + 1)).isEqualTo(ERRNO | ENOSYS);
        assertThat(filter.run(FilterMachine.X86, X86_REBOOT)).isEqualTo(ALLOW);
        assertThat(filter.run(FilterMachine.X86, X86_REBOOT + 1)).isEqualTo(ERRNO | ENOSYS);
        assertThat(filter.run(X86_64, X32_BIT | REBOOT)).isEqualTo(ALLOW);
        assertThat(filter.run(X86_64, X32_BIT | WRITE)).isEqualTo(ERRNO | EPERM);
        assertThat(filter.run(X86_64, X32_BIT | (REBOOT + 1))).isEqualTo(ERRNO | ENOSYS);
    }

    @Test
    void a_profile_that_lets_pass_what_it_does_not_name_lets_newer_calls_pass() {
        assertThat(compiled(Action.ALLOW, null, rule(Action.ERRNO, null, "read"))
                        .run(X86_64, REBOOT))
                .isEqualTo(ALLOW);
    }

    @Test
    void a_call_can_be_asked_for() {
        assertThat(compiled(Action.ALLOW, null, rule(Action.NOTIFY, null, "read"))
                        .run(X86_64, READ))
                .isEqualTo(0x7fc00000);
    }

    @Test
    void conditions_on_different_arguments_must_all_hold() {
        FilterMachine filter = compiled(Action.ALLOW, null, rule(Action.ERRNO, null, "read", equal(0, 5), equal(2, 9)));
        assertThat(filter.run(X86_64, READ, 5, 0, 9)).isEqualTo(ERRNO | EPERM);
        assertThat(filter.run(X86_64, READ, 5, 0, 8)).isEqualTo(ALLOW);
        assertThat(filter.run(X86_64, READ, 4, 0, 9)).isEqualTo(ALLOW);
    }

    @Test
    void conditions_on_one_argument_are_alternatives_as_in_runc() {
        FilterMachine filter =
                compiled(Action.ALLOW, null, rule(Action.ERRNO, null, "read", equal(0, 5), equal(0, 6), equal(1, 7)));
        assertThat(filter.run(X86_64, READ, 5)).isEqualTo(ERRNO | EPERM);
        assertThat(filter.run(X86_64, READ, 6)).isEqualTo(ERRNO | EPERM);
        assertThat(filter.run(X86_64, READ, 0, 7)).isEqualTo(ERRNO | EPERM);
        assertThat(filter.run(X86_64, READ, 7, 5)).isEqualTo(ALLOW);
    }

    @Test
    void arguments_are_compared_in_all_their_bits() {
        FilterMachine filter = compiled(Action.ALLOW, null, rule(Action.ERRNO, null, "read", equal(0, 1)));
        assertThat(filter.run(X86_64, READ, 1)).isEqualTo(ERRNO | EPERM);
        assertThat(filter.run(X86_64, READ, 1L << 32 | 1)).isEqualTo(ALLOW);
    }

    @Test
    void a_masked_argument_is_compared_under_its_mask() {
        long newUser = 0x10000000;
        FilterMachine filter = compiled(
                Action.ERRNO,
                null,
                rule(Action.ALLOW, null, "clone", new Argument(0, newUser, 0, Operator.MASKED_EQUAL)));
        assertThat(filter.run(X86_64, CLONE, 0x11)).isEqualTo(ALLOW);
        assertThat(filter.run(X86_64, CLONE, 0x11 | newUser)).isEqualTo(ERRNO | EPERM);
    }

    @Test
    void names_that_the_library_does_not_know_are_passed_over() {
        FilterMachine filter =
                compiled(Action.ALLOW, null, new Rule(List.of("no_such_call", "read"), Action.ERRNO, null, List.of()));
        assertThat(filter.run(X86_64, READ)).isEqualTo(ERRNO | EPERM);
    }

    @Test
    void a_rule_that_says_what_the_default_says_is_passed_over() {
        FilterMachine filter =
                compiled(Action.ERRNO, EPERM, rule(Action.ERRNO, null, "read"), rule(Action.ERRNO, ENOSYS, "write"));
        assertThat(filter.run(X86_64, READ)).isEqualTo(ERRNO | EPERM);
        assertThat(filter.run(X86_64, WRITE)).isEqualTo(ERRNO | ENOSYS);
    }

    @Test
    void only_named_architectures_and_the_machines_own_get_through() {
        Rule rule = rule(Action.ERRNO, null, "reboot");
        FilterMachine own = compiled(Action.ALLOW, null, rule);
        assertThat(own.run(X86_64, READ)).isEqualTo(ALLOW);
        assertThat(own.run(X86, READ)).isEqualTo(KILL_THREAD);
        assertThat(own.run(X86_64, READ | X32_BIT)).isEqualTo(KILL_THREAD);

        FilterMachine three = machine(new SeccompProfile(
                Action.ALLOW, null, List.of("SCMP_ARCH_X86", "SCMP_ARCH_X32"), List.of(), List.of(rule)));
        assertThat(three.run(X86_64, REBOOT)).isEqualTo(ERRNO | EPERM);
        assertThat(three.run(X86_64, REBOOT | X32_BIT)).isEqualTo(ERRNO | EPERM);
        assertThat(three.run(X86, X86_REBOOT)).isEqualTo(ERRNO | EPERM);
        assertThat(three.run(X86, REBOOT)).isEqualTo(ALLOW);
    }

    /** More names than are searched one by one: numbers 0 to 39 of x86-64, in order. */
    @Test
    void of_many_calls_exactly_the_named_ones_are_let_through() {
        List<String> first = List.of(("read write open close stat fstat lstat poll lseek mmap mprotect munmap brk "
                        + "rt_sigaction rt_sigprocmask rt_sigreturn ioctl pread64 pwrite64 readv writev access pipe "
                        + "select sched_yield mremap msync mincore madvise shmget shmat shmctl dup dup2 pause "
                        + "nanosleep getitimer alarm setitimer getpid")
                .split(" "));
        FilterMachine filter = compiled(Action.ERRNO, ENOSYS, new Rule(first, Action.ALLOW, null, List.of()));
        for (int call = 0; call < 600; call++) {
            assertThat(filter.run(X86_64, call))
                    .as("call %s", call)
                    .isEqualTo(call < first.size() ? ALLOW : ERRNO | ENOSYS);
        }
        assertThat(filter.run(X86, READ)).isEqualTo(KILL_THREAD);
    }

    @Test
    void what_libseccomp_cannot_do_is_refused_by_name() {
        SeccompProfile vax = new SeccompProfile(Action.ALLOW, null, List.of("SCMP_ARCH_VAX"), List.of(), List.of());
        assertThatThrownBy(() -> compiler.compile(vax)).isInstanceOfSatisfying(FailureException.class, failure -> {
            assertThat(failure.failure().code()).isEqualTo(FailureCode.UNSUPPORTED);
            assertThat(failure.failure().line()).contains("SCMP_ARCH_VAX");
        });
    }

    @Test
    void profiles_are_remembered_but_not_for_ever() {
        SeccompProfile profile = profile(Action.ALLOW, null, rule(Action.TRAP, null, "read"));
        assertThat(compiler.compile(profile)).isSameAs(compiler.compile(profile));
        var first = compiler.compile(profile);
        IntStream.range(0, 16)
                .forEach(number -> compiler.compile(profile(Action.ALLOW, null, rule(Action.ERRNO, number, "read"))));
        assertThat(compiler.compile(profile)).isNotSameAs(first).isEqualTo(first);
    }

    /**
     * A rule a call: libseccomp 2.5.4 itself compiles several ranges over one argument of one call wrongly now and then
     * (it forgets to load the upper half again), in every runtime that uses it.
     */
    @Test
    void random_profiles_do_what_a_reading_of_their_rules_says() {
        Random random = new Random(20_261_121);
        for (int i = 0; i < 150; i++) {
            List<Rule> rules =
                    CALLS.stream().map(call -> randomRule(random, call)).toList();
            FilterMachine filter = machine(profile(Action.ALLOW, null, rules.toArray(Rule[]::new)));
            for (int j = 0; j < 300; j++) {
                int which = random.nextInt(CALLS.size());
                long[] arguments = {value(random), value(random), value(random)};
                Rule rule = rules.get(which);
                boolean refused = rule.args().stream().allMatch(argument -> holds(argument, arguments));
                assertThat(filter.run(X86_64, NUMBERS[which], arguments))
                        .as("%s of %s", Arrays.toString(arguments), rule)
                        .isEqualTo(refused ? ERRNO | EPERM : ALLOW);
            }
        }
    }

    private static boolean holds(Argument argument, long[] arguments) {
        long actual = arguments[argument.index()];
        int compared = Long.compareUnsigned(actual, argument.value());
        return switch (argument.op()) {
            case NOT_EQUAL -> compared != 0;
            case LESS -> compared < 0;
            case LESS_OR_EQUAL -> compared <= 0;
            case EQUAL -> compared == 0;
            case GREATER_OR_EQUAL -> compared >= 0;
            case GREATER -> compared > 0;
            case MASKED_EQUAL -> (actual & argument.value()) == argument.valueTwo();
        };
    }

    private static Rule randomRule(Random random, String call) {
        Argument[] arguments = IntStream.range(0, random.nextInt(4))
                .mapToObj(index -> {
                    long value = value(random);
                    Operator operator = Operator.values()[random.nextInt(Operator.values().length)];
                    return new Argument(index, value, value(random) & value, operator);
                })
                .toArray(Argument[]::new);
        return rule(Action.ERRNO, null, call, arguments);
    }

    /** {@return one of few numbers in both halves, so that equality and borders happen} */
    private static long value(Random random) {
        long[] halves = {0, 1, 2, 0x7fffffffL, 0x80000000L, 0xffffffffL};
        return halves[random.nextInt(halves.length)] << 32 | halves[random.nextInt(halves.length)];
    }

    private FilterMachine compiled(Action otherwise, @Nullable Integer errno, Rule... rules) {
        return machine(profile(otherwise, errno, rules));
    }

    private FilterMachine machine(SeccompProfile profile) {
        return new FilterMachine(compiler.compile(profile));
    }

    private static SeccompProfile profile(Action otherwise, @Nullable Integer errno, Rule... rules) {
        return new SeccompProfile(otherwise, errno, List.of(), List.of(), List.of(rules));
    }

    private static Rule rule(Action action, @Nullable Integer errno, String name, Argument... args) {
        return new Rule(List.of(name), action, errno, List.of(args));
    }

    private static Argument equal(int index, long value) {
        return new Argument(index, value, 0, Operator.EQUAL);
    }
}
