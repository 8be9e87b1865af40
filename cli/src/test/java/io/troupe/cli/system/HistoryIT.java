package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happened, who asked for it, and why things are as they are. */
@RootTest
class HistoryIT {

    private static void live(Troupe troupe, String id) {
        Bundle bundle = Bundle.sleeping(troupe.directory());
        troupe.run("create", "--bundle", bundle.path().toString(), id).succeeds();
        troupe.run("start", id).succeeds();
        troupe.run("kill", id, "TERM").succeeds();
        troupe.run("kill", id, "KILL").succeeds();
        troupe.endedWith(id, 137);
        troupe.run("delete", id).succeeds();
    }

    @Test
    void history_tells_a_deleted_containers_life(Troupe troupe) {
        live(troupe, "told");

        String text = troupe.run("history", "told").succeeds().out();
        JsonNode json =
                troupe.run("history", "--format", "json", "told").succeeds().json();

        assertThat(text)
                .containsIgnoringCase("created")
                .containsIgnoringCase("started")
                .containsIgnoringCase("deleted")
                .contains("KILL");
        assertThat(json.size()).isGreaterThanOrEqualTo(7);
        long last = 0;
        for (JsonNode entry : json) {
            assertThat(entry.path("sequence").asLong()).isEqualTo(++last);
            assertThat(entry.path("time").asText()).isNotEmpty();
        }
        JsonNode asked = json.get(0).path("by");
        assertThat(asked.path("uid").asInt()).isZero();
        assertThat(asked.path("pid").asInt()).isPositive();
        assertThat(asked.toString()).contains("create");
    }

    @Test
    void why_tells_the_cause_in_plain_words(Troupe troupe) {
        troupe.runDetached("reasoned", Bundle.sleeping(troupe.directory()));
        assertThat(troupe.run("why", "reasoned").succeeds().out()).containsIgnoringCase("running");

        troupe.run("kill", "reasoned", "KILL").succeeds();
        troupe.endedWith("reasoned", 137);

        assertThat(troupe.run("why", "reasoned").succeeds().out()).contains("KILL");
        troupe.run("delete", "reasoned").succeeds();
    }

    @Test
    void an_id_may_live_again(Troupe troupe) {
        live(troupe, "again");
        live(troupe, "again");

        JsonNode json =
                troupe.run("history", "--format", "json", "again").succeeds().json();

        assertThat(json.get(json.size() - 1).path("incarnation").asInt()).isEqualTo(2);
        assertThat(json.get(0).path("incarnation").asInt()).isEqualTo(1);
    }

    @Test
    void events_go_on_from_an_offset(Troupe troupe) {
        live(troupe, "offset");
        List<JsonNode> all = events(troupe.run("events", "--since", "0", "--format", "json")
                .succeeds()
                .out());
        long middle = all.get(all.size() / 2).path("offset").asLong();

        List<JsonNode> rest = events(troupe.run("events", "--since", Long.toString(middle), "--format", "json")
                .succeeds()
                .out());

        assertThat(rest).isEqualTo(all.subList(all.size() / 2 + 1, all.size()));
    }

    private static List<JsonNode> events(String lines) {
        return lines.lines().map(Bundle::parse).toList();
    }

    /** The follower ends when its supervisor does; whoever follows goes on from the last offset it has seen. */
    @Test
    @Timeout(60)
    void a_follower_misses_nothing_across_a_kill_of_the_supervisor(Troupe troupe) throws Exception {
        long since = lastOffset(troupe);
        List<Long> seen = new ArrayList<>();
        Process follower = follow(troupe, since);
        try (BufferedReader lines = follower.inputReader()) {
            live(troupe, "followed");
            read(lines, seen, "deleted");
            troupe.killSupervisor();
            lines.lines()
                    .forEach(line -> seen.add(Bundle.parse(line).path("offset").asLong()));
        }
        assertThat(follower.waitFor(30, TimeUnit.SECONDS)).isTrue();
        Process second = follow(troupe, seen.getLast());
        try (BufferedReader lines = second.inputReader()) {
            live(troupe, "followed");
            read(lines, seen, "deleted");
        } finally {
            second.destroy();
        }

        List<Long> offsets =
                events(troupe.run("events", "--since", Long.toString(since), "--format", "json")
                                .succeeds()
                                .out())
                        .stream()
                        .map(event -> event.path("offset").asLong())
                        .toList();
        assertThat(seen).isEqualTo(offsets);
    }

    private static long lastOffset(Troupe troupe) {
        List<JsonNode> all = events(troupe.run("events", "--since", "0", "--format", "json")
                .succeeds()
                .out());
        return all.isEmpty() ? 0 : all.getLast().path("offset").asLong();
    }

    private static Process follow(Troupe troupe, long since) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Troupe.BINARY.toString(), "events", "--since", Long.toString(since), "--follow", "--format", "json");
        builder.environment().putAll(troupe.environment());
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static void read(BufferedReader lines, List<Long> seen, String lastKind) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonNode event = Bundle.parse(line);
            seen.add(event.path("offset").asLong());
            if (event.path("kind").asText().equals(lastKind)) {
                return;
            }
        }
        throw new AssertionError("the stream ended before " + lastKind + "; seen " + seen);
    }

    @Test
    void environment_values_are_not_in_the_journal(Troupe troupe) throws IOException {
        Bundle bundle = Bundle.shell(troupe.directory(), "true").add("/process/env", "\"PASSWORD=tellnobody\"");
        troupe.run("run", "--bundle", bundle.path().toString(), "secret").succeeds();
        troupe.runDetached("secret", Bundle.sleeping(troupe.directory()));
        troupe.run("exec", "--env", "TOKEN=tellnobody", "secret", "true").succeeds();
        troupe.run("delete", "--force", "secret").succeeds();
        troupe.run("supervisor", "stop").succeeds();

        for (var root : List.of(troupe.dataDirectory(), troupe.runDirectory())) {
            assertThat(Call.of("grep", "-r", "-l", "-a", "tellnobody", root.toString())
                            .run()
                            .out())
                    .isEmpty();
        }
    }
}
