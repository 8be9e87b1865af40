package io.troupe.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.protocol.ExitCause;
import io.troupe.supervisor.host.ProcFs;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.Pidfd;
import io.troupe.syscall.Signals;
import io.troupe.syscall.SyscallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real processes, which are ours and need no root. */
class ProcessActorTest {
    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final TestProbe<ProcessReport> owner = KIT.createTestProbe();
    private final TestProbe<Delivery> signaller = KIT.createTestProbe();
    private final RememberingPark park = new RememberingPark();
    private EventLoop loop;
    private Footprint footprint;
    private ActorRef<ProcessCommand> actor;

    @BeforeEach
    void open() throws IOException {
        loop = new EventLoop("test", problem -> {
            throw new AssertionError(problem);
        });
        footprint = new Footprint(directory.toString(), List.of());
        actor = KIT.spawn(ProcessActor.create(owner.ref(), new Machine(loop, park, new NoSystemd(), ProcFs.bootId())));
    }

    @AfterEach
    void close() {
        KIT.stop(actor);
        loop.close();
    }

    @AfterAll
    static void end() {
        KIT.shutdownTestKit();
    }

    private void watch(Child child) throws IOException {
        watch(child, false);
    }

    private void watch(Child child, boolean thenRemoved) throws IOException {
        actor.tell(new ProcessCommand.Watch(child.identity(), footprint, thenRemoved, child.pidfd()));
    }

    private Delivery signal(int number) {
        actor.tell(new ProcessCommand.Signal(number, false, footprint, signaller.ref()));
        return signaller.receiveMessage(SOON);
    }

    private ProcessReport.Exited exited() {
        return owner.expectMessageClass(ProcessReport.Exited.class, SOON);
    }

    private void reattach(ProcessIdentity process) {
        actor.tell(new ProcessCommand.Reattach(process, footprint));
    }

    @Nested
    class GivenAWatchedProcess {
        @Test
        void whenItEnds_thenTheOwnerHearsHowAndTheParkForgetsIt() throws Exception {
            try (Child child = new Child("read line; exit 3")) {
                watch(child);
                assertThat(signal(0)).isEqualTo(new Delivery.Sent());
                assertThat(park.kept).containsKey(child.identity());
                child.goOn();

                assertThat(exited().cause()).isEqualTo(new ExitCause.Exited(3));
                assertThat(park.kept).doesNotContainKey(child.identity());
                assertThat(signal(Signals.SIGTERM)).isEqualTo(new Delivery.Gone());
            }
        }

        @Test
        void whenSignalled_thenItGetsTheSignal() throws Exception {
            try (Child child = Child.waiting()) {
                watch(child);

                assertThat(signal(Signals.SIGTERM)).isEqualTo(new Delivery.Sent());
                assertThat(exited().cause()).isEqualTo(new ExitCause.Signalled(Signals.SIGTERM, false, false));
            }
        }

        @Test
        void whenAnotherOneIsWatched_thenTheFirstOnesEndIsNoNews() throws Exception {
            try (Child first = Child.waiting();
                    Child second = new Child("read line; exit 4")) {
                watch(first);
                watch(second);
                first.kill();
                second.goOn();

                assertThat(exited().cause()).isEqualTo(new ExitCause.Exited(4));
                owner.expectNoMessage(Duration.ZERO);
            }
        }

        @Test
        void whenNothingOfItIsToStay_thenItsRemovalIsToldOnceItIsAskedFor() throws Exception {
            Path made = Files.createDirectory(directory.resolve("made"));
            footprint = new Footprint(made.toString(), List.of());
            try (Child child = new Child("read line; exit 0")) {
                watch(child, true);
                child.goOn();
                exited();
                owner.expectNoMessage(Duration.ZERO);
                actor.tell(new ProcessCommand.CleanUp(footprint));

                owner.expectMessage(SOON, new ProcessReport.CleanedUp(List.of()));
                assertThat(made).doesNotExist();
            }
        }

        @Test
        void whenReattached_thenItIsStillThere() throws Exception {
            try (Child child = Child.waiting()) {
                watch(child);
                reattach(child.identity());

                owner.expectMessage(SOON, new ProcessReport.Reattached(false, false));
            }
        }
    }

    @Nested
    class GivenNothing {
        @Test
        void whenSignalled_thenThereIsNoProcess() {
            assertThat(signal(Signals.SIGTERM)).isEqualTo(new Delivery.Gone());
        }

        @Test
        void whenAllThereAreAreSignalled_thenNoneWasLeftOut() {
            actor.tell(new ProcessCommand.Signal(Signals.SIGTERM, true, footprint, signaller.ref()));

            signaller.expectMessage(SOON, new Delivery.Sent());
        }

        @Test
        void whenReleased_thenTheGateIsUnreachable() {
            actor.tell(new ProcessCommand.Release(footprint));

            owner.expectMessageClass(ProcessReport.GateUnreachable.class, SOON);
        }

        @Test
        void whenCleanedUp_thenTheDirectoryIsGone() throws IOException {
            Path own = Files.createDirectory(directory.resolve("own"));
            Files.createFile(own.resolve("config.json"));
            actor.tell(new ProcessCommand.CleanUp(new Footprint(own.toString(), List.of())));

            owner.expectMessage(SOON, new ProcessReport.CleanedUp(List.of()));
            assertThat(own).doesNotExist();
        }
    }

    @Nested
    class GivenAProcessAtItsGate {
        @Test
        void whenItEndsWhileItPasses_thenWhatItSaidComesFirst() throws Exception {
            try (GateKeeper keeper = new GateKeeper(directory);
                    Child child = new Child("read line; exit 5")) {
                watch(child);
                actor.tell(new ProcessCommand.Release(footprint));
                keeper.accept();
                child.goOn();
                child.awaitEnd();
                park.awaitDropped(child.identity());
                owner.expectNoMessage(Duration.ZERO);
                keeper.say((byte) 'X');
                keeper.leave();

                owner.expectMessage(SOON, new ProcessReport.ProgramStarted());
                assertThat(exited().cause()).isEqualTo(new ExitCause.Exited(5));
            }
        }

        @Test
        void whenItEndsWithoutAWord_thenItsEndComesFirstForItSaysMore() throws Exception {
            try (GateKeeper keeper = new GateKeeper(directory);
                    Child child = new Child("read line; exit 6")) {
                watch(child);
                actor.tell(new ProcessCommand.Release(footprint));
                keeper.accept();
                child.goOn();
                child.awaitEnd();
                park.awaitDropped(child.identity());
                keeper.leave();

                assertThat(exited().cause()).isEqualTo(new ExitCause.Exited(6));
                owner.expectMessageClass(ProcessReport.GateUnreachable.class, SOON);
            }
        }
    }

    @Nested
    class GivenARestartedSupervisor {
        @Test
        void whenTheProcessLives_thenItIsWatchedAgain() throws Exception {
            try (Child child = new Child("read line; exit 8")) {
                reattach(child.identity());
                owner.expectMessage(SOON, new ProcessReport.Reattached(false, false));
                child.goOn();

                assertThat(exited().cause()).isEqualTo(new ExitCause.Exited(8));
            }
        }

        @Test
        void whenItHasEndedAndWasParked_thenItsPidfdTells() throws Exception {
            try (Child child = new Child("read line; exit 9")) {
                Pidfd pidfd = child.pidfd();
                boolean tells;
                try (Pidfd copy = pidfd.duplicate()) {
                    park.put(child.identity(), pidfd);
                    child.goOn();
                    child.awaitEnd();
                    tells = copy.exitInfo().isPresent();
                }
                pidfd.close();
                reattach(child.identity());

                ProcessReport.Exited exited = exited();
                if (tells) {
                    assertThat(exited).isEqualTo(new ProcessReport.Exited(new ExitCause.Exited(9), "park"));
                } else {
                    assertThat(exited.cause()).isInstanceOf(ExitCause.Unknown.class);
                }
                assertThat(park.kept).isEmpty();
            }
        }

        @Test
        void whenItHasEndedAndWasNot_thenHowIsUnknown() throws Exception {
            try (Child child = Child.waiting()) {
                child.kill();
                reattach(child.identity());

                assertThat(exited())
                        .isEqualTo(new ProcessReport.Exited(
                                new ExitCause.Unknown("it ended while no supervisor watched"), "none"));
            }
        }

        @Test
        void whenAnotherProcessHasItsPid_thenItIsNotTakenForIt() throws Exception {
            try (Child child = Child.waiting()) {
                ProcessIdentity former = new ProcessIdentity(
                        child.identity().bootId(), child.pid(), child.identity().startTicks() - 1);
                reattach(former);

                assertThat(exited().cause()).isInstanceOf(ExitCause.Unknown.class);
                assertThat(signal(Signals.SIGKILL)).isEqualTo(new Delivery.Gone());
                assertThat(ProcFs.stat(child.pid())).isPresent();
            }
        }

        @Test
        void whenTheHostWasStartedAgain_thenNoProcessIsLookedFor() throws Exception {
            try (Child child = Child.waiting()) {
                reattach(new ProcessIdentity(
                        "another boot", child.pid(), child.identity().startTicks()));

                assertThat(exited().cause()).isEqualTo(new ExitCause.Unknown("the host was started again since"));
            }
        }
    }

    /** Keeps in memory what the park keeps in another process. */
    private static final class RememberingPark implements Park {
        private final Map<ProcessIdentity, Pidfd> kept = new ConcurrentHashMap<>();

        @Override
        public void put(ProcessIdentity process, Pidfd pidfd) {
            try {
                kept.put(process, pidfd.duplicate());
            } catch (SyscallException problem) {
                throw new IllegalStateException(problem);
            }
        }

        @Override
        public synchronized void drop(ProcessIdentity process) {
            Pidfd pidfd = kept.remove(process);
            if (pidfd != null) {
                pidfd.close();
            }
            notifyAll();
        }

        @Override
        public Optional<Pidfd> take(ProcessIdentity process) {
            return Optional.ofNullable(kept.remove(process));
        }

        /** Waits until the actor has seen the end. */
        synchronized void awaitDropped(ProcessIdentity process) throws InterruptedException {
            long end = System.nanoTime() + SOON.toNanos();
            while (kept.containsKey(process)) {
                long millis = Duration.ofNanos(end - System.nanoTime()).toMillis();
                assertThat(millis).as("milliseconds left").isPositive();
                wait(millis);
            }
        }
    }
}
