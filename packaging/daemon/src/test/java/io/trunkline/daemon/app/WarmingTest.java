package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Configs;
import io.trunkline.routing.Event;
import io.trunkline.routing.MonotonicClock;
import io.trunkline.testing.Await;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class WarmingTest {
  private final Queue<Event> events = new ConcurrentLinkedQueue<>();

  private Warming of(String warmUp) {
    return new Warming(
        Configs.read(
            "clusters: [{scope: main, etcd: {hosts: [127.0.0.1:1]}}]\nwarm_up: " + warmUp + "\n"),
        events::add,
        new MonotonicClock());
  }

  @Test
  void theDaemonIsColdUntilItIsDone() {
    try (Warming warming = of("3s")) {
      assertThat(warming.cold()).isTrue();
      warming.start();
      Await.until("the warm-up is over", Duration.ofMinutes(2), () -> !events.isEmpty());
      assertThat(events.element().label()).isEqualTo("daemon_warmed_up");
      assertThat(warming.done()).isCompleted();
      assertThat(warming.cold()).isFalse();
    }
  }

  @Test
  void whatIsNotDoneWhenClientsComeGoesOnBesideThem() {
    try (Warming warming = of("3s")) {
      warming.start();
      warming.giveWay();
      assertThat(warming.cold()).isFalse();
      assertThat(events).as("it goes on").isEmpty();
    }
  }

  @Test
  void nothingIsToldOfOneThatIsCutShort() throws Exception {
    Warming warming = of("3s");
    warming.start();
    warming.close();
    assertThat(warming.done()).isCompleted();
    Await.end("warm-up");
    assertThat(events).isEmpty();
  }

  @Test
  void zeroIsNone() {
    try (Warming warming = of("0s")) {
      warming.start();
      assertThat(warming.cold()).isFalse();
      assertThat(warming.done()).isCompleted();
      assertThat(events).isEmpty();
    }
  }
}
