package io.troupe.supervisor.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TicklessSchedulerTest {
    private final ActorSystem<Void> system = ActorSystem.create(
            Behaviors.empty(),
            "tickless",
            ConfigFactory.parseString("pekko.scheduler.implementation=" + TicklessScheduler.class.getName())
                    .withFallback(ConfigFactory.defaultReference()));

    @AfterEach
    void end() throws Exception {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void what_is_due_runs_in_the_order_of_its_time() throws Exception {
        BlockingQueue<String> ran = new LinkedBlockingQueue<>();
        var executor = system.executionContext();
        system.scheduler().scheduleOnce(Duration.ofMillis(60), () -> ran.add("later"), executor);
        system.scheduler().scheduleOnce(Duration.ofMillis(5), () -> ran.add("soon"), executor);
        assertThat(ran.poll(10, TimeUnit.SECONDS)).isEqualTo("soon");
        assertThat(ran.poll(10, TimeUnit.SECONDS)).isEqualTo("later");
    }

    @Test
    void what_recurs_recurs_until_it_is_cancelled() throws Exception {
        CountDownLatch thrice = new CountDownLatch(3);
        var recurring = system.scheduler()
                .scheduleAtFixedRate(Duration.ZERO, Duration.ofMillis(1), thrice::countDown, system.executionContext());
        assertThat(thrice.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(recurring.cancel()).isTrue();
        assertThat(recurring.isCancelled()).isTrue();
    }

    @Test
    void what_is_cancelled_does_not_run() throws Exception {
        BlockingQueue<String> ran = new LinkedBlockingQueue<>();
        var executor = system.executionContext();
        system.scheduler()
                .scheduleOnce(Duration.ofMillis(20), () -> ran.add("cancelled"), executor)
                .cancel();
        system.scheduler().scheduleOnce(Duration.ofMillis(40), () -> ran.add("kept"), executor);
        assertThat(ran.poll(10, TimeUnit.SECONDS)).isEqualTo("kept");
        assertThat(ran).isEmpty();
    }
}
