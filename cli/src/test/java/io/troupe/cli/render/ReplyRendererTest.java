package io.troupe.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.protocol.CommandLine.Level;
import io.troupe.protocol.CommandLine.Logged;
import io.troupe.protocol.CommandLine.Rendering;
import io.troupe.protocol.ContainerName;
import io.troupe.protocol.ExitCause;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.HistoryEntry;
import io.troupe.protocol.Peer;
import io.troupe.protocol.Reply;
import io.troupe.protocol.Status;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplyRendererTest {
    private static final Instant AT = Instant.parse("2026-11-21T08:18:25.123Z");
    private static final Look TEXT = new Look(false, false, false, 1, 0, ZoneId.of("+01:00"));
    private static final Look JSON = TEXT.json("json");
    private static final ContainerName WEB = ContainerName.of("web1");
    private static final Failure FAILURE =
            new Failure(FailureCode.NOT_FOUND, "container web1", "it does not exist", "See troupe list");
    private static final Logged ERROR = new Logged(Level.ERROR, FAILURE.line());
    private static final HistoryEntry ENTRY = new HistoryEntry(
            17,
            2,
            WEB,
            1,
            AT,
            "started",
            "Its program runs.",
            new LinkedHashMap<>(Map.of("pid", "813")),
            new Peer(0, 0, 812, "troupe start web1\u001b[2J"),
            1);

    private static Rendering render(Look look, Reply reply) {
        return render(look, ErrorStyle.PLAIN, reply);
    }

    private static Rendering render(Look look, ErrorStyle errors, Reply reply) {
        return new ReplyRenderer(look, errors, InstantSource.fixed(AT)).render(reply);
    }

    private static Reply.ContainerState state(Status status, ExitCause exit) {
        return new Reply.ContainerState(
                WEB, "1.3.0", status, exit == null ? 813 : 0, "/b", "/b/rootfs", Map.of("a", "\"\n"), AT, "root", exit);
    }

    @Test
    void failures_of_an_exec_are_told_apart_from_the_programs_own_status() {
        var exec = new ReplyRenderer(TEXT.withOtherFailuresAs(255), ErrorStyle.PLAIN, InstantSource.system());

        for (FailureCode code : FailureCode.values()) {
            Reply failed = new Reply.Failed(new Failure(code, "container web1", "no", ""));
            int status = code.exitStatus() == 1 ? 255 : code.exitStatus();
            assertThat(exec.render(failed).exitCode()).as(code.name()).isEqualTo(status);
        }
    }

    @Test
    void a_failure_is_one_line() {
        assertThat(render(TEXT, new Reply.Failed(FAILURE)))
                .isEqualTo(new Rendering("", "troupe: container web1: it does not exist. See troupe list\n", 1));
    }

    @Test
    void a_failure_is_json_if_asked_and_debug_tells_its_code() {
        assertThat(render(TEXT, new ErrorStyle(true, true, Level.DEBUG), new Reply.Failed(FAILURE))
                        .err())
                .isEqualTo(
                        "{\"level\":\"error\",\"msg\":\"container web1: it does not exist. See troupe list\","
                                + "\"time\":\"2026-11-21T08:18:25Z\"}\n"
                                + "{\"level\":\"debug\",\"msg\":\"code NOT_FOUND, exit status 1\",\"time\":\"2026-11-21T08:18:25Z\"}\n");
    }

    @Test
    void what_is_logged_depends_on_the_level() {
        InstantSource clock = InstantSource.fixed(AT);
        assertThat(new ReplyRenderer(TEXT, ErrorStyle.PLAIN, clock).logged(FAILURE))
                .containsExactly(ERROR);
        assertThat(new ReplyRenderer(TEXT, new ErrorStyle(false, false, Level.DEBUG), clock).logged(FAILURE))
                .containsExactly(ERROR, new Logged(Level.DEBUG, "code NOT_FOUND, exit status 1"));
    }

    @Test
    void log_lines_are_as_logrus_writes_them() {
        InstantSource clock = InstantSource.fixed(AT);
        assertThat(new ReplyRenderer(TEXT, new ErrorStyle(true, false, Level.ERROR), clock).logLine(ERROR, AT))
                .isEqualTo("{\"level\":\"error\",\"msg\":\"container web1: it does not exist. See troupe list\","
                        + "\"time\":\"2026-11-21T08:18:25Z\"}\n");
        assertThat(new ReplyRenderer(TEXT, ErrorStyle.PLAIN, clock).logLine(ERROR, AT))
                .isEqualTo("time=\"2026-11-21T08:18:25Z\" level=error"
                        + " msg=\"container web1: it does not exist. See troupe list\"\n");
    }

    @Test
    void run_and_exec_end_with_the_status_of_the_process() {
        assertThat(render(TEXT, new Reply.Ended(new ExitCause.Exited(3)))).isEqualTo(new Rendering("", "", 3));
        assertThat(render(TEXT, new Reply.Ended(new ExitCause.Signalled(9, false, true))))
                .isEqualTo(new Rendering("", "", 137));
    }

    @Test
    void an_unknown_end_has_a_status_of_its_own() {
        assertThat(render(TEXT, new Reply.Ended(new ExitCause.Unknown("nobody watched"))))
                .isEqualTo(new Rendering("", "troupe: exit status unknown: nobody watched\n", 125));
    }

    @Test
    void wait_prints_the_status_and_succeeds() {
        Reply killed = new Reply.Ended(new ExitCause.Signalled(9, false, true));
        assertThat(render(TEXT.withExitAsText(), killed)).isEqualTo(new Rendering("137\n", "", 0));
        assertThat(render(JSON.withExitAsText(), killed).out())
                .isEqualTo(
                        "{\"cause\":\"signalled\",\"status\":137,\"signal\":9,\"coreDumped\":false,\"outOfMemory\":true}\n");
    }

    @Test
    void state_is_the_json_of_the_specification() {
        assertThat(render(TEXT, state(Status.STOPPED, new ExitCause.Exited(3))).out())
                .isEqualTo("""
                {
                  "ociVersion": "1.3.0",
                  "id": "web1",
                  "pid": 0,
                  "status": "stopped",
                  "bundle": "/b",
                  "rootfs": "/b/rootfs",
                  "created": "2026-11-21T08:18:25.123Z",
                  "annotations": {
                    "a": "\\"\\n"
                  },
                  "owner": "root",
                  "exit": {
                    "cause": "exited",
                    "status": 3,
                    "code": 3,
                    "outOfMemory": false
                  }
                }
                """);
    }

    @Test
    void a_list_is_a_table_ids_or_json() {
        Reply listing = new Reply.Listing(List.of(state(Status.RUNNING, null)));
        assertThat(render(TEXT, listing).out()).isEqualTo("""
                ID    PID  STATUS   BUNDLE  CREATED                        OWNER
                web1  813  running  /b      2026-11-21T09:18:25.123+01:00  root
                """);
        assertThat(render(TEXT.withQuiet(true), listing).out()).isEqualTo("web1\n");
        assertThat(render(JSON, new Reply.Listing(List.of())).out()).isEqualTo("[]\n");
    }

    @Test
    void history_tells_when_what_who_and_why_and_moves_no_cursor() {
        assertThat(render(TEXT, new Reply.Life(WEB, List.of(ENTRY))).out()).isEqualTo("""
                2  2026-11-21T09:18:25.123+01:00  started  Its program runs. [because of 1]
                                                           asked by uid 0, pid 812: troupe start web1\\x1b[2J
                                                           pid=813
                """);
    }

    @Test
    void an_event_is_a_line_and_goes_on() {
        assertThat(render(TEXT, new Reply.Event(ENTRY)))
                .isEqualTo(new Rendering(
                        "17  2026-11-21T09:18:25.123+01:00  web1  started  Its program runs.\n", "", null));
        assertThat(render(JSON, new Reply.Event(ENTRY)).out())
                .isEqualTo("{\"offset\":17,\"time\":\"2026-11-21T08:18:25.123Z\",\"root\":\"\",\"id\":\"web1\","
                        + "\"incarnation\":1,\"sequence\":2,\"kind\":\"started\",\"sentence\":\"Its program runs.\","
                        + "\"details\":{\"pid\":\"813\"},\"by\":{\"uid\":0,\"gid\":0,\"pid\":812,"
                        + "\"commandLine\":\"troupe start web1\\u001b[2J\"},\"causedBy\":1}\n");
    }

    @Test
    void a_narrow_terminal_wraps_and_cuts_nothing_off() {
        String text =
                new Table(30).row("a", "one two three four five six seven").toString();
        assertThat(text.lines()).allMatch(line -> line.length() <= 30);
        assertThat(text.replaceAll("\\s+", " ")).isEqualTo("a one two three four five six seven ");
    }

    @Test
    void findings_fail() {
        assertThat(render(TEXT, new Reply.Findings(2, List.of())))
                .isEqualTo(new Rendering("2 containers checked, nothing found\n", "", 0));
        assertThat(render(JSON, new Reply.Findings(1, List.of("cgroup x"))))
                .isEqualTo(new Rendering("{\"checked\":1,\"findings\":[\"cgroup x\"]}\n", "", 1));
    }

    @Test
    void supervisor_status_has_fixed_names() {
        assertThat(render(JSON, new Reply.SupervisorStatus(7, "1", "/d", "/r", AT, 5, Map.of("running", 2)))
                        .out())
                .isEqualTo(
                        "{\"pid\":7,\"version\":\"1\",\"dataDirectory\":\"/d\",\"runDirectory\":\"/r\","
                                + "\"startedAt\":\"2026-11-21T08:18:25.123Z\",\"uptimeMillis\":5,\"counts\":{\"running\":2}}\n");
    }
}
