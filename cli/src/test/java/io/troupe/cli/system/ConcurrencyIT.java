package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many at once. */
@RootTest
class ConcurrencyIT {

    @Test
    void fifty_runs_at_once_keep_their_outputs_and_statuses_apart(Troupe troupe) {
        Bundle bundle = Bundle.shell(troupe.directory(), "read n; echo got $n; exit $n");
        List<Call.Running> runs = IntStream.range(0, 50)
                .mapToObj(i -> troupe.call("run", "--bundle", bundle.path().toString(), "many-" + i)
                        .reading(i + "\n")
                        .start())
                .toList();

        for (int i = 0; i < runs.size(); i++) {
            assertThat(runs.get(i).await().exits(i).out()).isEqualTo("got " + i + "\n");
        }
    }

    @Test
    void one_id_is_given_once(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory());
        List<Call.Running> creates = IntStream.range(0, 10)
                .mapToObj(_ -> troupe.call("create", "--bundle", bundle.path().toString(), "wanted")
                        .start())
                .toList();

        List<Result> results = new ArrayList<>();
        creates.forEach(create -> results.add(create.await()));

        assertThat(results).filteredOn(result -> result.exit() == 0).hasSize(1);
        results.stream().filter(result -> result.exit() != 0).forEach(Result::failsWithOneLine);
        troupe.run("delete", "--force", "wanted").succeeds();
    }

    @Test
    void the_first_ten_clients_start_one_supervisor() {
        try (Troupe troupe = new Troupe()) {
            List<Call.Running> first = IntStream.range(0, 10)
                    .mapToObj(_ -> troupe.call("supervisor", "start", "--format", "json")
                            .start())
                    .toList();

            assertThat(first.stream()
                            .map(call ->
                                    call.await().succeeds().json().path("pid").asInt())
                            .distinct())
                    .hasSize(1);
        }
    }

    @Test
    void a_container_that_hangs_delays_no_other(Troupe troupe) {
        Bundle slow = Bundle.sleeping(troupe.directory())
                .set(
                        "/hooks/createRuntime",
                        "[{\"path\": \"/bin/sleep\", \"args\": [\"sleep\", \"5\"], \"timeout\": 20}]");
        var hanging = troupe.call("create", "--bundle", slow.path().toString(), "slow")
                .start();

        Bundle quick = Bundle.running(troupe.directory(), "/bin/true");
        for (int i = 0; i < 5; i++) {
            troupe.run("run", "--bundle", quick.path().toString(), "quick").succeeds();
        }

        assertThat(hanging.process().isAlive()).isTrue();
        hanging.await().succeeds();
        troupe.run("delete", "--force", "slow").succeeds();
    }

    /** Three calls each by sixteen callers, while another container's hook hangs. */
    @Test
    void two_hundred_containers_and_one_that_hangs(Troupe troupe) throws Exception {
        Bundle hanging = Bundle.sleeping(troupe.directory())
                .set("/hooks/createRuntime", "[{\"path\": \"/bin/sleep\", \"args\": [\"sleep\", \"3600\"]}]");
        var stuck = troupe.call("create", "--bundle", hanging.path().toString(), "stuck")
                .start();
        Bundle bundle = Bundle.shell(troupe.directory(), "exit 3");

        List<String> ids =
                IntStream.range(0, 200).mapToObj(i -> "one-of-many-" + i).toList();
        inParallel(ids, id -> {
            troupe.run("create", "--bundle", bundle.path().toString(), id).succeeds();
            troupe.run("start", id).succeeds();
            troupe.endedWith(id, 3);
            troupe.run("delete", id).succeeds();
        });

        assertThat(stuck.process().isAlive()).isTrue();
        assertThat(troupe.ids()).containsExactly("stuck");
        stuck.process().destroy();
        stuck.await();
        troupe.run("delete", "--force", "stuck").succeeds();
        troupe.verifiesClean();
    }

    /** Its client waits for a hook, or is stopped as well. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_hangs_while_it_is_made_is_deleted_by_force(boolean stopped, Troupe troupe) throws IOException {
        Bundle hanging = Bundle.sleeping(troupe.directory());
        Path reached = fifo(hanging, "reached");
        Path end = fifo(hanging, "end");
        hanging.set(
                "/hooks/createRuntime",
                "[{\"path\": \"/bin/sh\", \"args\": [\"sh\", \"-c\", \"echo there >%s; read line <%s\"]}]"
                        .formatted(reached, end));
        var stuck = troupe.call("create", "--bundle", hanging.path().toString(), "stuck")
                .start();
        assertThat(Files.readString(reached)).isEqualTo("there\n");
        if (stopped) {
            Call.of("kill", "-STOP", "" + stuck.process().pid()).run().succeeds();
        }

        troupe.run("delete", "--force", "stuck").succeeds();

        stuck.await().exits(137);
        assertThat(troupe.ids()).isEmpty();
        troupe.verifiesClean();
        Bundle quick = Bundle.running(troupe.directory(), "/bin/true");
        troupe.run("run", "--bundle", quick.path().toString(), "stuck").succeeds();
        Call.of("timeout", "10", "sh", "-c", "echo >" + end).run().succeeds(); // the hook is left to itself
    }

    private static Path fifo(Bundle bundle, String name) {
        Path path = bundle.path().resolve(name);
        Call.of("mkfifo", path.toString()).run().succeeds();
        return path;
    }

    @Test
    void two_hundred_run_at_once_and_are_all_there(Troupe troupe) throws Exception {
        Bundle bundle = Bundle.sleeping(troupe.directory());
        List<String> ids = IntStream.range(0, 200).mapToObj(i -> "alive-" + i).toList();

        inParallel(ids, id -> troupe.runDetached(id, bundle));
        assertThat(troupe.ids()).containsAll(ids);
        inParallel(ids, id -> troupe.run("delete", "--force", id).succeeds());

        assertThat(troupe.ids()).doesNotContainAnyElementsOf(ids);
        troupe.verifiesClean();
    }

    private static void inParallel(List<String> ids, Consumer<String> call) throws Exception {
        try (var callers = Executors.newFixedThreadPool(16)) {
            for (Future<?> done : ids.stream()
                    .<Future<?>>map(id -> callers.submit(() -> call.accept(id)))
                    .toList()) {
                done.get();
            }
        }
    }

    @Test
    void all_waiters_are_told(Troupe troupe) {
        troupe.runDetached("awaited", Bundle.sleeping(troupe.directory()));
        List<Call.Running> waiters = IntStream.range(0, 5)
                .mapToObj(_ -> troupe.call("wait", "awaited").start())
                .toList();

        troupe.run("kill", "awaited", "KILL").succeeds();

        waiters.forEach(waiter -> assertThat(waiter.await().succeeds().out()).isEqualTo("137\n"));
        troupe.run("delete", "awaited").succeeds();
    }
}
