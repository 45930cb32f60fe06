package io.trunkline.healthcheck.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.trunkline.healthcheck.Bodies;
import io.trunkline.healthcheck.common.Journal;
import io.trunkline.healthcheck.common.JunkException;
import io.trunkline.healthcheck.patroni.ApiUrl;
import io.trunkline.healthcheck.patroni.Scope;
import io.trunkline.routing.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a member is asked, by a clock that a test turns. */
class ProberTest {
  private final EmbeddedChannel time = new EmbeddedChannel();
  private final List<Event> events = new ArrayList<>();
  private final List<Consumer<RestReply>> asked = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-21T10:00:00Z");
  private int cancelled;
  private boolean broken;
  private Prober prober;

  @BeforeEach
  void begin() throws JunkException {
    time.freezeTime();
    prober =
        new Prober(
            ApiUrl.parse("http://10.0.0.1:8008/patroni"),
            this::ask,
            time.eventLoop(),
            () -> now,
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            reply -> RestBody.parse(reply, Scope.of(Bodies.SCOPE)),
            new RestRecord("pg1", new Journal("main", () -> now, events::add)),
            () -> {});
    prober.askNow();
  }

  @AfterEach
  void release() {
    prober.close();
    time.finishAndReleaseAll();
  }

  private Runnable ask(ApiUrl api, String path, Consumer<RestReply> reply) {
    if (broken) {
      throw new IllegalStateException("a defect");
    }
    asked.add(reply);
    return () -> cancelled++;
  }

  private void pass(Duration duration) {
    for (long i = 0; i < duration.toMillis(); i += 100) {
      now = now.plusMillis(100);
      time.advanceTimeBy(100, TimeUnit.MILLISECONDS);
      time.runScheduledPendingTasks();
      prober.tick();
    }
  }

  private void answer() {
    asked.getLast().accept(new RestReply.Answered(now, now, 200, Bodies.primary(1)));
  }

  @Test
  void oneWhoseQuestionIsLostIsToldAndAsksAgain() {
    answer();
    pass(Duration.ofSeconds(1));
    assertThat(asked).hasSize(2);
    pass(Duration.ofSeconds(20)); // no answer, no failure: whatever should have told them is gone
    assertThat(asked.size()).isBetween(3, 4);
    assertThat(cancelled).isEqualTo(asked.size() - 2);
    assertThat(prober.health().failure().orElseThrow()).contains("not queried");
    assertThat(events).extracting(Event::label).contains("rest_probe_stalled");

    answer();
    assertThat(prober.health().failure()).isEmpty();
    int before = asked.size();
    pass(Duration.ofSeconds(1));
    assertThat(asked).hasSize(before + 1);
  }

  @Test
  void oneWhoseAskingHasFailedAsksAgain() {
    answer();
    broken = true;
    try {
      pass(Duration.ofSeconds(1));
    } catch (IllegalStateException e) {
      // as on the loop, where the timer ends with it
    }
    broken = false;
    pass(Duration.ofSeconds(20));
    assertThat(asked.size()).isGreaterThan(1);
  }

  @Test
  void aProcessThatWasStoppedAlarmsNobody() {
    answer();
    pass(Duration.ofSeconds(1));
    now = now.plusSeconds(60);
    prober.tick();
    answer();
    pass(Duration.ofSeconds(1));
    assertThat(events).isEmpty();
  }
}
