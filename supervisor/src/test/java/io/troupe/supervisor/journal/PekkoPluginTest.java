package io.troupe.supervisor.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.troupe.protocol.Peer;
import io.troupe.supervisor.container.Cause;
import io.troupe.supervisor.container.ContainerEvent;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.container.Fact;
import io.troupe.supervisor.container.Persisted;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Facts and states through Pekko into SQLite and back. */
class PekkoPluginTest {
    private static final Cause ASKED = new Cause.ByPeer(new Peer(0, 0, 4711, "troupe run web1"), "run");

    @TempDir
    Path directory;

    private Journal journal;
    private ActorTestKit kit;

    @BeforeEach
    void start() {
        journal = Journal.open(JournalSettings.of(ConfigFactory.load(), directory));
        ActorSystemSetup setup =
                ActorSystemSetup.create(BootstrapSetup.create(ConfigFactory.load()), new JournalSetup(journal));
        kit = ActorTestKit.create(ActorSystem.create(Behaviors.empty(), "journal-test", setup));
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
        kit.system().terminate();
        kit.system().getWhenTerminated().toCompletableFuture().join();
        journal.close();
    }

    @Test
    void a_restarted_actor_has_the_state_that_was_acknowledged_from_snapshot_and_tail() {
        TestProbe<ContainerState> probe = kit.createTestProbe();
        ActorRef<Write> first = kit.spawn(Life.create());
        for (int i = 1; i <= 25; i++) {
            first.tell(new Write(true, probe.ref()));
            assertThat(probe.receiveMessage(Duration.ofSeconds(10)).sequence()).isEqualTo(i);
        }
        kit.stop(first);
        ActorRef<Write> second = kit.spawn(Life.create());
        second.tell(new Write(false, probe.ref()));
        assertThat(probe.receiveMessage(Duration.ofSeconds(10)).sequence()).isEqualTo(25);
        assertThat(journal.queries().events("container|web1"))
                .hasSize(25)
                .allSatisfy(
                        entry -> assertThat(EventSerializer.fact(entry).cause()).isEqualTo(ASKED));
        assertThat(journal.queries().living("container|")).hasSize(1);
        assertThat(journal.queries().states("container|"))
                .isEqualTo(Map.of("container|web1", new ContainerState.Absent(25, 1, null)));
    }

    @Test
    void a_persist_takes_a_fraction_of_a_millisecond() {
        TestProbe<ContainerState> probe = kit.createTestProbe();
        ActorRef<Write> life = kit.spawn(Life.create());
        int count = 2_000;
        long[] micros = new long[count];
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            life.tell(new Write(true, probe.ref()));
            probe.receiveMessage(Duration.ofSeconds(10));
            micros[i] = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start);
        }
        Arrays.sort(micros);
        System.out.printf("persist: p50 %d us, p99 %d us%n", micros[count / 2], micros[count * 99 / 100]);
        assertThat(micros[count / 2]).isLessThan(20_000);
    }

    /** @param persist false to ask for the state only */
    private record Write(boolean persist, ActorRef<ContainerState> replyTo) {}

    private static final class Life extends EventSourcedBehavior<Write, Persisted, ContainerState> {
        private Life() {
            super(PersistenceId.ofUniqueId("container|web1"));
        }

        static Behavior<Write> create() {
            return Behaviors.setup(_ -> new Life());
        }

        @Override
        public ContainerState emptyState() {
            return ContainerState.initial();
        }

        @Override
        public CommandHandler<Write, Persisted, ContainerState> commandHandler() {
            return (state, write) -> write.persist()
                    ? Effect()
                            .persist(new Fact(Instant.EPOCH, 1, ASKED, new ContainerEvent.HookWarning("poststart")))
                            .thenRun((ContainerState after) -> write.replyTo().tell(after))
                    : Effect()
                            .none()
                            .thenRun((ContainerState now) -> write.replyTo().tell(now));
        }

        @Override
        public EventHandler<ContainerState, Persisted> eventHandler() {
            return (state, _) -> new ContainerState.Absent(state.sequence() + 1, 1, null);
        }

        @Override
        public RetentionCriteria retentionCriteria() {
            return RetentionCriteria.snapshotEvery(10, 2);
        }
    }
}
