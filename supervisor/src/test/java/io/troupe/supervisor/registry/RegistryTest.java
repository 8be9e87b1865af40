package io.troupe.supervisor.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.troupe.protocol.ContainerName;
import io.troupe.protocol.ExitCause;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.Peer;
import io.troupe.supervisor.container.Answer;
import io.troupe.supervisor.container.Blueprint;
import io.troupe.supervisor.container.Cause;
import io.troupe.supervisor.container.ContainerCommand;
import io.troupe.supervisor.container.ContainerEntity;
import io.troupe.supervisor.container.ContainerEvent;
import io.troupe.supervisor.container.ContainerMessage;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.container.Fact;
import io.troupe.supervisor.container.Intent;
import io.troupe.supervisor.process.Footprint;
import io.troupe.supervisor.process.ProcessCommand;
import io.troupe.supervisor.process.ProcessIdentity;
import io.troupe.supervisor.process.ProcessReport;
import io.troupe.supervisor.recovery.Recovery;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistryTest {
    private static final Config CONFIG = PersistenceTestKitPlugin.config()
            .withFallback(PersistenceTestKitSnapshotPlugin.config())
            .withFallback(
                    ConfigFactory.parseString(
                            "pekko.persistence.testkit.events.serialize = off, pekko.persistence.testkit.snapshots.serialize = off"))
            .withFallback(ConfigFactory.load());
    private static final ActorTestKit KIT = ActorTestKit.create(CONFIG);
    private static final ContainerName WEB1 = ContainerName.of("web1");
    private static final ContainerName WEB2 = ContainerName.of("web2");
    private static final Peer ANNA = new Peer(1000, 1000, 77, "troupe create web1");
    private static final ProcessIdentity PROCESS = new ProcessIdentity("boot-1", 4711, 99);

    private final PersistenceTestKit journal = PersistenceTestKit.create(KIT.system());
    private final TestProbe<Answer> caller = KIT.createTestProbe();

    @BeforeEach
    void forget() {
        journal.clearAll();
    }

    @AfterAll
    static void end() {
        KIT.shutdownTestKit();
    }

    @Test
    void what_is_created_is_listed_and_counted_by_the_time_it_is_answered() {
        Registry registry = registry(true);

        create(registry, WEB2);
        create(registry, WEB1);
        create(registry, new ContainerName("/run/other", "web3"));

        assertThat(registry.list("")).extracting(Registry.Entry::name).containsExactly(WEB1, WEB2);
        assertThat(registry.counts()).isEqualTo(Map.of("creating", 3));
        assertThat(registry.find(WEB1)).isPresent();
        assertThat(registry.find(ContainerName.of("web9"))).isEmpty();
    }

    @Test
    void two_who_ask_for_one_container_get_the_same_actor() {
        Registry registry = registry(true);

        assertThat(registry.container(WEB1)).isEqualTo(registry.container(WEB1));
    }

    @Test
    void an_actor_that_was_just_given_out_is_not_stopped() {
        Registry registry = registry(true);
        ActorRef<ContainerMessage> web1 = registry.container(WEB1);

        registry.idle(WEB1, web1);

        create(registry, WEB1);
    }

    @Test
    void recovery_waits_until_what_lives_agrees_with_the_world() throws InterruptedException {
        past(WEB1);
        past(WEB2);
        Registry registry = registry(true);

        Recovery.Report report =
                new Recovery(registry, 1).recover(List.of(WEB1, WEB2), Map.of(), Duration.ofSeconds(20));

        assertThat(report).isEqualTo(new Recovery.Report(2, List.of()));
        assertThat(registry.counts()).isEqualTo(Map.of("stopped", 2));
    }

    @Test
    void what_rests_is_known_without_an_actor_and_answers_when_asked() throws InterruptedException {
        List<Fact> facts = new ArrayList<>(created());
        facts.add(fact(new ContainerEvent.Exited(PROCESS, new ExitCause.Exited(3), "pidfd")));
        ContainerState stopped = ContainerState.initial();
        for (Fact fact : facts) {
            stopped = stopped.after(fact);
        }
        journal.persistForRecovery(ContainerEntity.persistenceId(WEB1).id(), List.copyOf(facts));
        Registry registry = registry(false);

        Recovery.Report report = new Recovery(registry, 8).recover(List.of(WEB1), Map.of(WEB1, stopped), Duration.ZERO);

        assertThat(report).isEqualTo(new Recovery.Report(1, List.of()));
        assertThat(registry.counts()).isEqualTo(Map.of("stopped", 1));
        assertThat(registry.find(WEB1)).contains((ContainerState.Present) stopped);
        registry.container(WEB1)
                .tell(new ContainerMessage.Ask(new ContainerCommand.AwaitExit(), ANNA, "wait", caller.ref()));
        caller.expectMessage(new Answer.Ended(new ExitCause.Exited(3)));
    }

    @Test
    void recovery_says_which_did_not_agree_by_the_deadline() throws InterruptedException {
        past(WEB1);
        Registry registry = registry(false);

        Recovery.Report report = new Recovery(registry, 8).recover(List.of(WEB1), Map.of(), Duration.ofMillis(1));

        assertThat(report).isEqualTo(new Recovery.Report(0, List.of(WEB1)));
    }

    @Test
    void recovery_does_not_wait_for_what_cannot_be_read_and_who_looks_for_it_hears_why() throws InterruptedException {
        past(WEB1);
        past(WEB2);
        journal.failNextNReads(ContainerEntity.persistenceId(WEB1).id(), 100);
        Registry registry = registry(true);

        Recovery.Report report =
                new Recovery(registry, 8).recover(List.of(WEB1, WEB2), Map.of(), Duration.ofMinutes(10));

        assertThat(report).isEqualTo(new Recovery.Report(1, List.of(WEB1)));
        assertThatThrownBy(() -> registry.find(WEB1))
                .hasMessageStartingWith("container web1: what the journal has of it cannot be read");
        journal.resetPolicy();
    }

    private void create(Registry registry, ContainerName name) {
        registry.container(name)
                .tell(new ContainerMessage.Ask(new ContainerCommand.Create(blueprint()), ANNA, "create", caller.ref()));
        caller.expectMessage(new Answer.Granted(1));
    }

    private void past(ContainerName name) {
        journal.persistForRecovery(ContainerEntity.persistenceId(name).id(), List.copyOf(created()));
    }

    private static List<Fact> created() {
        return List.of(
                fact(new ContainerEvent.CreateRequested(blueprint())), fact(new ContainerEvent.Created(PROCESS)));
    }

    private static Fact fact(ContainerEvent event) {
        return new Fact(Instant.parse("2026-11-21T08:00:00Z"), 1, new Cause.ByPeer(ANNA, "create"), event);
    }

    private static Blueprint blueprint() {
        Footprint footprint = new Footprint("/run/troupe/c/web1", List.of());
        return new Blueprint(
                "/b", "/r", "1.0.2", new TreeMap<>(), "ab", footprint, Intent.CREATE, false, false, new TreeMap<>());
    }

    /** With processes that have ended meanwhile, or of which nothing is heard. */
    private static Registry registry(boolean answering) {
        return new Registry(
                KIT.system(),
                new Registry.Parts(
                        Clock.systemUTC(),
                        (name, blueprint, step) -> new Failure(FailureCode.SYSTEM, "", "step", ""),
                        (parent, name, owner) -> KIT.spawn(process(owner, answering)),
                        Duration.ofMillis(50)));
    }

    private static Behavior<ProcessCommand> process(ActorRef<ProcessReport> owner, boolean answering) {
        return Behaviors.receiveMessage(command -> {
            if (answering && command instanceof ProcessCommand.Reattach) {
                owner.tell(new ProcessReport.Exited(new ExitCause.Unknown("nobody looked"), "none"));
            }
            return Behaviors.same();
        });
    }
}
