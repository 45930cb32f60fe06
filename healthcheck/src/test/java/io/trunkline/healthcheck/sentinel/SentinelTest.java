package io.trunkline.healthcheck.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.trunkline.config.Configs;
import io.trunkline.config.HostPort;
import io.trunkline.config.SentinelConfig;
import io.trunkline.healthcheck.common.Journal;
import io.trunkline.routing.Event;
import io.trunkline.routing.SentinelAnswer.Access;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a sentinel dials and asks, by a clock that a test turns. */
class SentinelTest {
  private static final HostPort ADDRESS = new HostPort("10.0.0.1", 5432);
  private static final ByteBuf STARTING =
      ServerWords.error("FATAL", "57P03", "the database system is starting up");
  private static final ByteBuf WRONG_PASSWORD =
      ServerWords.error("FATAL", "28P01", "password authentication failed");

  private final EmbeddedChannel time = new EmbeddedChannel();
  private final EventLoop loop = time.eventLoop();
  private final List<EmbeddedChannel> dialled = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-21T10:00:00Z");
  private int changes;
  private int taken;
  private final Sentinel sentinel =
      new Sentinel(
          ADDRESS,
          this::dial,
          loop,
          () -> now,
          new SentinelRecord("pg1", new Journal("main", () -> now, events::add)),
          () -> changes++);

  private SentinelCall dial(HostPort address, SentinelCall.Listener listener) {
    SentinelConfig config = Configs.sentinel("user: watcher", "password: x", "tls: disable");
    SentinelCall call =
        new SentinelCall(
            config,
            address,
            new SentinelCall.Supplies(loop, Runnable::run, () -> now, Optional.empty()),
            listener);
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.pipeline().addLast(call);
    dialled.add(channel);
    return call;
  }

  @AfterEach
  void release() {
    sentinel.close();
    dialled.forEach(EmbeddedChannel::finishAndReleaseAll);
    time.finishAndReleaseAll();
  }

  /** The server takes the connection and says that. */
  private void say(ByteBuf... messages) {
    EmbeddedChannel last = dialled.getLast();
    if (taken < dialled.size()) {
      taken = dialled.size();
      last.pipeline().fireChannelActive();
    }
    for (ByteBuf message : messages) {
      last.writeInbound(message.copy());
    }
  }

  private int asked() {
    int count = 0;
    for (Object out = dialled.getLast().readOutbound();
        out != null;
        out = dialled.getLast().readOutbound()) {
      ByteBuf bytes = (ByteBuf) out;
      count += bytes.getByte(bytes.readerIndex()) == 'Q' ? 1 : 0;
      bytes.release();
    }
    return count;
  }

  /** A millisecond passes. */
  private void tick() {
    now = now.plusMillis(1);
    time.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    time.runPendingTasks();
    time.runScheduledPendingTasks();
  }

  /** How many dials there are in that time if each is turned away at once. */
  private int dialsWithin(Duration limit, ByteBuf answer) {
    int before = dialled.size();
    for (long i = 0; i < limit.toMillis(); i++) {
      int known = dialled.size();
      tick();
      if (dialled.size() > known) {
        say(answer);
      }
    }
    return dialled.size() - before;
  }

  private void begin() {
    time.freezeTime();
    sentinel.askNow();
    assertThat(dialled).hasSize(1);
  }

  @Test
  void aLeaderThatStartsUpIsDialledAgainAndAgain() {
    begin();
    sentinel.hurry(true);
    say(STARTING);
    assertThat(sentinel.health().last().orElseThrow().access()).isEqualTo(Access.NOT_ACCEPTING);
    assertThat(dialsWithin(Duration.ofSeconds(1), STARTING)).isBetween(20, 40);
    dialsWithin(Duration.ofSeconds(15), STARTING);
    assertThat(dialsWithin(Duration.ofSeconds(1), STARTING)).isBetween(9, 10);
    assertThat(changes).isEqualTo(1);
    assertThat(events).isEmpty();
  }

  @Test
  void nobodyElseIs() {
    begin();
    say(STARTING);
    assertThat(dialsWithin(Duration.ofSeconds(20), STARTING)).isBetween(5, 9);
  }

  @Test
  void aRefusalIsNotHurriedAndToldOnce() {
    begin();
    sentinel.hurry(true);
    say(WRONG_PASSWORD);
    assertThat(dialsWithin(Duration.ofSeconds(60), WRONG_PASSWORD)).isBetween(4, 7);
    assertThat(events).hasSize(1);
    int before = dialled.size();
    sentinel.askNow();
    say(WRONG_PASSWORD);
    assertThat(dialsWithin(Duration.ofSeconds(10), WRONG_PASSWORD)).isZero();
    assertThat(dialled).hasSize(before + 1);
    assertThat(events).hasSize(1);
  }

  @Test
  void asksFiveTimesASecondOrWithoutPause() {
    begin();
    say(ServerWords.session(true, false));
    asked();
    assertThat(questionsWithin(Duration.ofSeconds(1))).isEqualTo(5);
    sentinel.hurry(true);
    assertThat(questionsWithin(Duration.ofSeconds(1))).isBetween(39, 41);
    sentinel.hurry(false);
    assertThat(questionsWithin(Duration.ofSeconds(1))).isEqualTo(5);
    assertThat(dialled).hasSize(1);
    assertThat(changes).isEqualTo(1);
  }

  private int questionsWithin(Duration limit) {
    int count = 0;
    for (long i = 0; i < limit.toMillis(); i++) {
      tick();
      if (asked() > 0) {
        count++;
        say(ServerWords.empty());
      }
    }
    return count;
  }

  @Test
  void recoversWithAWord() {
    begin();
    dialled.getLast().pipeline().fireChannelActive();
    dialled.getLast().close();
    assertThat(sentinel.health().failure()).isPresent();
    assertThat(dialsWithin(Duration.ofMillis(300), STARTING)).isEqualTo(1);
    while (dialled.size() < 3) {
      tick();
    }
    say(ServerWords.session(true, false));
    assertThat(sentinel.health().last().orElseThrow().access()).isEqualTo(Access.IN_RECOVERY);
    assertThat(events)
        .extracting(Event::label)
        .containsExactly("sentinel_failed", "sentinel_recovered");
  }

  @Test
  void oneWhoseCallIsLostIsToldAndDialsAgain() {
    begin(); // neither an answer nor an end comes: not even the deadline
    for (int i = 0; i < 50; i++) {
      now = now.plusSeconds(1);
      sentinel.tick();
    }
    assertThat(dialled).hasSize(2);
    assertThat(events).extracting(Event::label).contains("sentinel_stalled");
    say(STARTING);
    assertThat(sentinel.health().failure()).isEmpty();
  }
}
