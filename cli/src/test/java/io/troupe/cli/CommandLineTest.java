package io.troupe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.protocol.CommandLine;
import io.troupe.protocol.CommandLine.Invocation;
import io.troupe.protocol.CommandLine.LogTarget;
import io.troupe.protocol.CommandLine.Parsed;
import io.troupe.protocol.FailureCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
    private static final List<String> COMMANDS = List.of(
            "run",
            "create",
            "start",
            "state",
            "kill",
            "pause",
            "resume",
            "delete",
            "checkpoint",
            "restore",
            "list",
            "ps",
            "update",
            "exec",
            "mounts",
            "wait",
            "history",
            "why",
            "events",
            "plan",
            "spec",
            "features",
            "info",
            "supervisor start",
            "supervisor stop",
            "supervisor status",
            "supervisor verify",
            "supervisor run",
            "version",
            "completion",
            "supervisor",
            "help",
            "report-exit");

    private final CommandLine commandLine = new TroupeCommandLine();

    private Parsed parse(String... words) {
        return commandLine.parse(new Invocation(List.of(words), "/w", Map.of(), List.of(false, false, false), 0));
    }

    private Parsed parseLine(String line) {
        return parse(line.split(" "));
    }

    private String answer(String line) {
        return ((Parsed.Answer) parseLine(line)).rendering().out();
    }

    @ParameterizedTest
    @CsvFileSource(resources = "requests.txt", delimiter = '|', quoteCharacter = '\0')
    void words_become_the_request(String words, String request) {
        assertThat(parseLine(words))
                .isInstanceOfSatisfying(
                        Parsed.Ask.class,
                        ask -> assertThat(ask.request().toString()).isEqualTo(request));
    }

    @ParameterizedTest
    @CsvFileSource(resources = "refusals.txt", delimiter = '|', quoteCharacter = '\0')
    void wrong_words_are_refused_in_one_line(String words, FailureCode code, String line) {
        assertThat(parseLine(words)).isInstanceOfSatisfying(Parsed.Refused.class, refused -> {
            assertThat(refused.failure().line()).isEqualTo(line);
            assertThat(refused.failure().code()).isEqualTo(code);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "1:2", "4294967294", "1000:1000"})
    void user_takes_numbers(String user) {
        assertThat(parse("exec", "-u", user, "a", "b"))
                .isInstanceOfSatisfying(
                        Parsed.Ask.class,
                        ask -> assertThat(ask.request().toString()).contains("user=" + user + ","));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " 1",
                "1 ",
                "1:",
                ":1",
                ":",
                "0x1",
                "4294967295",
                "4294967296",
                "-1",
                "name",
                "1:2:3",
                "01",
                "+1",
                "1:name",
                "99999999999999999999",
                "\u0661"
            })
    void user_takes_nothing_else(String user) {
        assertThat(parse("exec", "-u", user, "a", "b"))
                .isInstanceOfSatisfying(
                        Parsed.Refused.class,
                        refused -> assertThat(refused.failure().where()).isEqualTo("exec: --user"));
    }

    @Test
    void the_service_loader_finds_it() {
        assertThat(ServiceLoader.load(CommandLine.class).findFirst()).containsInstanceOf(TroupeCommandLine.class);
    }

    @Test
    void a_refusal_knows_where_the_log_is() {
        Parsed parsed = parseLine("--log l --log-format json --criu=x state a");
        assertThat(((Parsed.Refused) parsed).log()).isEqualTo(new LogTarget.File("/w/l"));
    }

    @Test
    void the_log_may_be_a_file_the_journal_or_syslog() {
        assertThat(log("--log a:b")).isEqualTo(new LogTarget.File("/w/a:b"));
        assertThat(log("--log=file:/x/y")).isEqualTo(new LogTarget.File("/x/y"));
        assertThat(log("--log journald:web")).isEqualTo(new LogTarget.Journald("web"));
        assertThat(log("--log syslog: --log-level warning")).isEqualTo(new LogTarget.Syslog("troupe"));
    }

    private LogTarget log(String options) {
        return ((Parsed.Ask) parseLine(options + " state a")).log();
    }

    @ParameterizedTest
    @CsvSource({"--version", "-v", "version"})
    void version_is_told_as_runc_does(String words) {
        assertThat(answer(words)).matches("troupe version [0-9].*\nspec: 1\\.3\\.0\n");
    }

    @Test
    void no_words_give_the_overview_of_every_command() {
        String overview = ((Parsed.Answer) parse()).rendering().out();
        assertThat(answer("--help")).isEqualTo(overview).isEqualTo(answer("help"));
        COMMANDS.subList(0, COMMANDS.size() - 3)
                .forEach(command -> assertThat(overview).contains("\n  " + command + " "));
    }

    @Test
    void every_command_explains_itself() {
        for (String command : COMMANDS) {
            String help = answer(command + " --help");
            assertThat(help)
                    .startsWith("Usage: troupe " + command)
                    .contains("\nOptions:\n")
                    .contains("\nExample: troupe ".replace("Example: troupe ", "Example: "));
            assertThat(answer(command + " -h")).isEqualTo(help);
        }
    }

    @Test
    void help_names_the_options_that_tests_use() throws IOException {
        try (var in = CommandLineTest.class.getResourceAsStream("requests.txt")) {
            for (String line : new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).split("\n")) {
                String[] words = line.split(" \\|")[0].split(" ");
                if (COMMANDS.contains(words[0])) {
                    String help = answer(words[0] + " --help");
                    Arrays.stream(words)
                            .takeWhile(word -> !word.equals("--") && !word.equals("ps"))
                            .filter(word -> word.startsWith("--"))
                            .forEach(word -> assertThat(
                                            words[0].equals("supervisor") ? answer("supervisor status -h") : help)
                                    .contains(word.split("=")[0]));
                }
            }
        }
    }

    @Test
    void threads_may_share_it() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Boolean>> calls = IntStream.range(0, 400)
                    .mapToObj(n -> (Callable<Boolean>) () -> IntStream.range(0, 20)
                            .allMatch(i -> parse("exec", "-e", "N=" + n, "c" + n, "echo", "" + i)
                                    .toString()
                                    .contains("name=c" + n + ", options=ExecOptions[processFile=null, args=[echo, " + i
                                            + "], env=[N=" + n + "]")))
                    .toList();
            for (var result : threads.invokeAll(calls)) {
                assertThat(result.get()).isTrue();
            }
        }
    }

    @Test
    void parsing_is_fast_once_warm() {
        long[] nanos = new long[5000];
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < nanos.length; i++) {
                long from = System.nanoTime();
                parse("state", "web1");
                nanos[i] = System.nanoTime() - from;
            }
        }
        Arrays.sort(nanos);
        System.out.printf("parse \"state web1\": median %.1f us, p99 %.1f us%n", nanos[2500] / 1e3, nanos[4950] / 1e3);
        assertThat(nanos[2500]).isLessThan(TimeUnit.MILLISECONDS.toNanos(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "troupe st | start state",
                "troupe supervisor sta | start status",
                "troupe --root /x kil | kill",
                "troupe run --ro | --rootfs",
                "troupe supervisor status --fo | --format",
                "troupe kill we | web1 web2"
            })
    void completion_runs_under_bash(String words, String expected, @TempDir Path dir) throws Exception {
        String[] parts = words.split(" ");
        Path script = Files.writeString(
                dir.resolve("t.bash"),
                answer("completion bash") + "troupe() { echo web1; echo web2; }\nCOMP_WORDS=(" + words
                        + ")\nCOMP_CWORD=" + (parts.length - 1) + "\n_troupe\necho ${COMPREPLY[*]}\n");
        Process bash = new ProcessBuilder("bash", script.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(bash.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).strip())
                .isEqualTo(expected);
        assertThat(bash.waitFor()).isZero();
    }
}
