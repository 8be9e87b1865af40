package io.troupe.supervisor.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Failure;
import io.troupe.supervisor.process.Delivery;
import io.troupe.supervisor.process.ProcessCommand;
import io.troupe.supervisor.process.ProcessReport;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ContainerEntityTest {
    private static final Config CONFIG = PersistenceTestKitPlugin.config()
            .withFallback(PersistenceTestKitSnapshotPlugin.config())
            .withFallback(
                    ConfigFactory.parseString(
                            "pekko.persistence.testkit.events.serialize = off, pekko.persistence.testkit.snapshots.serialize = off"))
            .withFallback(ConfigFactory.load());
    private static final ActorTestKit KIT = ActorTestKit.create(CONFIG);
    private static final String STREAM =
            ContainerEntity.persistenceId(Given.WEB1).id();

    private final PersistenceTestKit journal = PersistenceTestKit.create(KIT.system());
    private final TestProbe<ProcessCommand> process = KIT.createTestProbe();
    private final TestProbe<ActorRef<ProcessReport>> owners = KIT.createTestProbe();
    private final TestProbe<Answer> caller = KIT.createTestProbe();
    private final TestProbe<String> observed = KIT.createTestProbe();
    private final List<ActorRef<ContainerMessage>> spawned = new ArrayList<>();
    private @Nullable ActorRef<ProcessReport> owner;

    @BeforeEach
    void forget() {
        journal.clearAll();
        journal.resetPolicy();
    }

    @AfterEach
    void stop() {
        spawned.forEach(container -> KIT.stop(container));
    }

    @AfterAll
    static void end() {
        KIT.shutdownTestKit();
    }

    @Nested
    class GivenNoContainer {
        @Test
        void whenCreated_thenTheIntentIsInTheJournalBeforeTheAnswer() {
            ActorRef<ContainerMessage> web1 = given();

            ask(web1, new ContainerCommand.Create(Given.blueprint(Intent.CREATE)), "create");

            caller.expectMessage(new Answer.Granted(1));
            Fact fact = journal.expectNextPersistedClass(STREAM, Fact.class);
            assertThat(fact.cause()).isEqualTo(new Cause.ByPeer(Given.ANNA, "create"));
            assertThat(fact.event()).isEqualTo(Given.requested(Intent.CREATE));
        }

        @Test
        void whenTheJournalFails_thenTheCallerHearsSoAndTheNextOneIsServed() {
            ActorRef<ContainerMessage> web1 = given();
            journal.failNextPersisted(STREAM);

            ask(web1, new ContainerCommand.Create(Given.blueprint(Intent.CREATE)), "create");

            refused("container web1: the journal could not be written; the container is as it was."
                    + " See the supervisor's log, make room if the disk is full, then try again");
            ask(web1, new ContainerCommand.Create(Given.blueprint(Intent.CREATE)), "create");
            caller.expectMessage(new Answer.Granted(1));
        }

        @Test
        void whenNothingIsAskedForAWhile_thenItStopsOnRequest() {
            ActorRef<ContainerMessage> web1 = given();
            assertThat(observed.receiveMessage()).isEqualTo("recovered Absent");
            assertThat(observed.receiveMessage()).isEqualTo("reconciled Absent");
            assertThat(observed.receiveMessage()).isEqualTo("idle");

            web1.tell(new ContainerMessage.Stop());

            List<String> last = observed.fishForMessage(
                    Duration.ofSeconds(3),
                    message ->
                            message.equals("idle") ? FishingOutcomes.continueAndIgnore() : FishingOutcomes.complete());
            assertThat(last).containsExactly("stopped");
        }
    }

    @Nested
    class GivenACreatedContainer {
        private ActorRef<ContainerMessage> web1;

        @BeforeEach
        void created() {
            web1 = given(Given.requested(Intent.CREATE), Given.CREATED);
            process.expectMessage(new ProcessCommand.Reattach(Given.PROCESS, Given.FOOTPRINT));
        }

        @Test
        void whenStarted_thenItIsReleasedAndTheCallerHearsOnceTheProgramRuns() {
            ask(web1, new ContainerCommand.Start(), "start");
            process.expectMessage(new ProcessCommand.Release(Given.FOOTPRINT));
            report(new ProcessReport.ProgramStarted());

            caller.expectMessage(new Answer.Done());
        }

        @Test
        void whenItsProgramCannotBeExecuted_thenStartSaysWhy() {
            ask(web1, new ContainerCommand.Start(), "start");
            process.expectMessage(new ProcessCommand.Release(Given.FOOTPRINT));
            report(new ProcessReport.GateUnreachable("connect(2) on start.sock: ENOENT"));

            refused("container web1: cannot start: its process does not answer at its gate:"
                    + " connect(2) on start.sock: ENOENT. Delete it with --force and create it again");
        }

        @Test
        void whenKilled_thenTheCallerHearsOnceTheSignalIsSent() {
            ask(web1, new ContainerCommand.Kill(15, false), "kill");
            process.expectMessageClass(ProcessCommand.Signal.class).replyTo().tell(new Delivery.Sent());

            caller.expectMessage(new Answer.Done());
        }

        @Test
        void whenDeletedByForce_thenKilledAwaitedAndRemoved() {
            ask(web1, new ContainerCommand.Delete(true), "delete");
            process.expectMessageClass(ProcessCommand.Signal.class).replyTo().tell(new Delivery.Sent());
            report(new ProcessReport.Exited(Given.CODE_3, "pidfd"));
            process.expectMessage(new ProcessCommand.CleanUp(Given.FOOTPRINT));
            caller.expectNoMessage(Duration.ZERO);
            report(new ProcessReport.CleanedUp(List.of()));

            caller.expectMessage(new Answer.Done());
        }

        @Test
        void whenTheProcessCannotBeKilled_thenDeleteSaysSo() {
            ask(web1, new ContainerCommand.Delete(true), "delete");
            process.expectMessageClass(ProcessCommand.Signal.class).replyTo().tell(new Delivery.Refused("EPERM"));

            refused("container web1: cannot delete: what it left could not be removed:"
                    + " process 4711 could not be killed: EPERM. Remove that, then delete it again");
        }
    }

    @Nested
    class GivenARun {
        private ActorRef<ContainerMessage> web1;

        @BeforeEach
        void running() {
            web1 = given(Given.requested(Intent.RUN), Given.CREATED, Given.START, Given.STARTED);
            process.expectMessageClass(ProcessCommand.Reattach.class);
        }

        @Test
        void whenItEnds_thenWaitIsAnsweredAndItIsRemovedOfItself() {
            ask(web1, new ContainerCommand.AwaitExit(), "run");
            report(new ProcessReport.Exited(Given.CODE_3, "pidfd"));

            caller.expectMessage(new Answer.Ended(Given.CODE_3));
            process.expectMessage(new ProcessCommand.CleanUp(Given.FOOTPRINT));
        }

        @Test
        void whenThoseWhoWaitHaveLeft_thenThereIsRoomForOthersAndTheyHearNothing() {
            TestProbe<Answer> gone = KIT.createTestProbe();
            for (int i = 0; i < Askers.LIMIT; i++) {
                web1.tell(new ContainerMessage.Ask(new ContainerCommand.AwaitExit(), Given.ANNA, "wait", gone.ref()));
            }
            web1.tell(new ContainerMessage.Forget(gone.ref()));
            ask(web1, new ContainerCommand.AwaitExit(), "wait");
            report(new ProcessReport.Exited(Given.CODE_3, "pidfd"));

            caller.expectMessage(new Answer.Ended(Given.CODE_3));
            gone.expectMessage(new Answer.Done());
            gone.expectNoMessage(Duration.ZERO);
        }

        @Test
        void whenTheIdIsUsedAgainAtOnce_thenItIsGrantedOnceItIsFree() {
            report(new ProcessReport.Exited(Given.CODE_3, "pidfd"));
            process.expectMessage(new ProcessCommand.CleanUp(Given.FOOTPRINT));
            ask(web1, new ContainerCommand.Create(Given.blueprint(Intent.RUN)), "run");
            caller.expectNoMessage(Duration.ZERO);
            report(new ProcessReport.CleanedUp(List.of()));

            caller.expectMessage(new Answer.Granted(2));
        }
    }

    @Nested
    class GivenARestartedSupervisor {
        @Test
        void whenACreateWasUnfinished_thenItIsRecordedAndRemoved() {
            given(Given.requested(Intent.CREATE));

            process.expectMessage(new ProcessCommand.CleanUp(Given.FOOTPRINT));
            assertThat(journal.expectNextPersistedClass(STREAM, Fact.class).event())
                    .isEqualTo(new ContainerEvent.Interrupted());
            report(new ProcessReport.CleanedUp(List.of()));
            assertThat(journal.expectNextPersistedClass(STREAM, Fact.class).event())
                    .isEqualTo(Given.DELETED);
        }

        @Test
        void whenAStartWasUnfinished_thenItIsReleasedAgain() {
            given(Given.requested(Intent.CREATE), Given.CREATED, Given.START);
            process.expectMessageClass(ProcessCommand.Reattach.class);
            report(new ProcessReport.Reattached(true, false));

            process.expectMessage(new ProcessCommand.Release(Given.FOOTPRINT));
        }

        @Test
        void whenTheJournalCannotBeRead_thenThoseWhoAskHearSoAndLaterOnesAreServed() {
            journal.failNextRead(STREAM);
            ActorRef<ContainerMessage> web1 = given(Given.requested(Intent.CREATE), Given.CREATED);
            ask(web1, new ContainerCommand.Delete(true), "delete");

            refused(
                    "container web1: what the journal has of it cannot be read. See supervisor.log in the data directory");
            process.expectMessageClass(ProcessCommand.Reattach.class);
            report(new ProcessReport.Reattached(true, false));
            process.expectNoMessage(Duration.ZERO);
            ask(web1, new ContainerCommand.Start(), "start");
            process.expectMessage(new ProcessCommand.Release(Given.FOOTPRINT));
        }

        @Test
        void whenADeleteWasUnfinished_thenItGoesOn() {
            given(Given.requested(Intent.CREATE), Given.CREATED, Given.EXITED, Given.DELETE);

            process.expectMessage(new ProcessCommand.CleanUp(Given.FOOTPRINT));
        }

        @Test
        void whenADoomedProcessStillLives_thenItIsKilledAgain() {
            given(Given.requested(Intent.CREATE), Given.CREATED, Given.FORCE);
            process.expectMessageClass(ProcessCommand.Reattach.class);
            report(new ProcessReport.Reattached(true, false));

            assertThat(process.expectMessageClass(ProcessCommand.Signal.class).signal())
                    .isEqualTo(9);
        }
    }

    private ActorRef<ContainerMessage> given(ContainerEvent... past) {
        if (past.length > 0) {
            List<Object> facts = new ArrayList<>();
            for (ContainerEvent event : past) {
                facts.add(Given.fact(event));
            }
            journal.persistForRecovery(STREAM, facts);
        }
        ActorRef<ContainerMessage> container = KIT.spawn(ContainerEntity.create(new ContainerEntity.Parts(
                Given.WEB1,
                Clock.fixed(Given.NOW, ZoneOffset.UTC),
                (name, blueprint, step) -> Given.NO_PROGRAM,
                (parent, name, owner) -> {
                    owners.ref().tell(owner);
                    return process.ref();
                },
                new Observer(),
                Duration.ofMillis(1))));
        spawned.add(container);
        return container;
    }

    private void ask(ActorRef<ContainerMessage> container, ContainerCommand command, String word) {
        container.tell(new ContainerMessage.Ask(command, Given.ANNA, word, caller.ref()));
    }

    private void report(ProcessReport report) {
        ActorRef<ProcessReport> known = owner;
        if (known == null) {
            known = owners.receiveMessage();
            owner = known;
        }
        known.tell(report);
    }

    private void refused(String line) {
        assertThat(caller.expectMessageClass(Answer.Refused.class).failure().line())
                .isEqualTo(line);
    }

    private final class Observer implements ContainerObserver {
        @Override
        public void recovered(ContainerName name, ContainerState state) {
            observed.ref().tell("recovered " + state.getClass().getSimpleName());
        }

        @Override
        public void unreadable(ContainerName name, Failure failure) {
            observed.ref().tell("unreadable");
        }

        @Override
        public void reconciled(ContainerName name, ContainerState state) {
            observed.ref().tell("reconciled " + state.getClass().getSimpleName());
        }

        @Override
        public void committed(ContainerName name, ContainerState state, List<Fact> facts) {
            facts.forEach(fact -> observed.ref().tell(fact.event().kind()));
        }

        @Override
        public void idle(ContainerName name, ActorRef<ContainerMessage> container) {
            observed.ref().tell("idle");
        }

        @Override
        public void busy(ContainerName name, ActorRef<ContainerMessage> container) {
            observed.ref().tell("busy");
        }

        @Override
        public void stopped(ContainerName name, ActorRef<ContainerMessage> container) {
            observed.ref().tell("stopped");
        }
    }
}
