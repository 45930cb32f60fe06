package io.trunkline.healthcheck.dcs.etcd;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.trunkline.healthcheck.common.Journal;
import io.trunkline.healthcheck.dcs.Keys;
import io.trunkline.routing.DcsHealth;
import io.trunkline.routing.EventName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks etcd for the leader key, with a quorum, twice a second. The current endpoint is asked first;
 * when it fails, or has not answered soon, all others are asked too, and the first answer counts.
 * Two rounds without any answer, for two seconds, mean that etcd is lost.
 */
final class Heartbeat {
  private static final Duration INTERVAL = Duration.ofMillis(500);
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration HEDGE = Duration.ofMillis(250);
  private static final Duration LOST_AFTER = Duration.ofSeconds(2);

  private final List<EtcdEndpoint> endpoints;
  private final EventLoop loop;
  private final Executor inLoop;
  private final InstantSource clock;
  private final Journal journal;
  private final Listener listener;
  private DcsHealth health;
  private Instant confirmedAt = Instant.MIN;
  private Instant confirmedBy = Instant.MIN;
  private @Nullable Instant failingSince;
  private int failedRounds;
  private String failure = "no answer yet";
  private final List<Future<?>> timers = new ArrayList<>();
  private boolean told;

  /** Whom the heartbeat works for. */
  interface Listener {
    /** The endpoint to ask first. */
    EtcdEndpoint current();

    long revision();

    void onBeat(EtcdEndpoint.Answer answer, long askedAtRevision);

    /** Etcd was confirmed, lost or found again. */
    void onHealth(DcsHealth health);

    /** The current endpoint failed in a round that another one answered. */
    void onCurrentFailed(EtcdEndpoint better, String reason);
  }

  /**
   * @param loop for timers
   * @param inLoop runs tasks on the loop; a defect in one does not end the next
   */
  Heartbeat(
      List<EtcdEndpoint> endpoints,
      EventLoop loop,
      Executor inLoop,
      InstantSource clock,
      Journal journal,
      Listener listener) {
    this.endpoints = endpoints;
    this.loop = loop;
    this.inLoop = inLoop;
    this.clock = clock;
    this.journal = journal;
    this.listener = listener;
    this.health = new DcsHealth.Lost(Instant.MIN, clock.instant(), failure);
  }

  void start() {
    listener.onHealth(health);
    timers.add(
        loop.scheduleAtFixedRate(
            () -> inLoop.execute(() -> new Round().begin()),
            0,
            INTERVAL.toMillis(),
            TimeUnit.MILLISECONDS));
    timers.add(
        loop.scheduleAtFixedRate(
            () -> inLoop.execute(this::judge),
            TICK.toMillis(),
            TICK.toMillis(),
            TimeUnit.MILLISECONDS));
  }

  void close() {
    timers.forEach(timer -> timer.cancel(false));
    endpoints.forEach(EtcdEndpoint::close);
  }

  private void confirmed(Instant askedAt) {
    Instant now = clock.instant();
    if (Duration.between(askedAt, now).compareTo(LOST_AFTER) > 0) {
      return; // this process slept: the answer may be as old as the question
    }
    boolean news = !(health instanceof DcsHealth.Connected);
    failingSince = null;
    failedRounds = 0;
    confirmedBy = askedAt.isAfter(confirmedBy) ? askedAt : confirmedBy;
    confirmedAt = now;
    health = new DcsHealth.Connected(now);
    listener.onHealth(health);
    if (news) {
      journal.tell(told ? EventName.DCS_RECOVERED : EventName.DCS_CONNECTED);
      told = false;
    }
  }

  private void failed(Instant askedAt, String reason) {
    if (askedAt.isBefore(confirmedBy)) {
      return; // a later question has been answered
    }
    if (failingSince == null) {
      failingSince = askedAt;
    }
    failedRounds++;
    failure = reason;
    judge();
  }

  private void judge() {
    Instant now = clock.instant();
    if (failedRounds < 2 || failingSince == null || now.isBefore(failingSince.plus(LOST_AFTER))) {
      return;
    }
    Instant since = health instanceof DcsHealth.Lost lost ? lost.since() : now;
    DcsHealth lost = new DcsHealth.Lost(confirmedAt, since, failure);
    if (!lost.equals(health)) {
      health = lost;
      listener.onHealth(health);
    }
    if (!told) {
      told = true;
      journal.tell(EventName.DCS_LOST, "reason", failure);
    }
  }

  /** One question, to one endpoint or to all. */
  private final class Round {
    private final Instant askedAt = clock.instant();
    private final long revision = listener.revision();
    private final EtcdEndpoint first = listener.current();
    private @Nullable Future<?> hedge;
    private @Nullable EtcdEndpoint winner;
    private @Nullable String firstFailure;
    private int open;
    private boolean wide;

    void begin() {
      boolean stuck = first.busy();
      ask(first);
      if (stuck) {
        widen();
      } else {
        hedge = loop.schedule(this::widen, HEDGE.toMillis(), TimeUnit.MILLISECONDS);
      }
    }

    private void widen() {
      if (!wide && winner == null) {
        wide = true;
        endpoints.stream().filter(other -> !other.equals(first)).forEach(this::ask);
      }
    }

    private void ask(EtcdEndpoint endpoint) {
      open++;
      endpoint.read(Keys.LEADER, (answer, failure) -> onReply(endpoint, answer, failure));
    }

    private void onReply(
        EtcdEndpoint endpoint, EtcdEndpoint.@Nullable Answer answer, @Nullable String failure) {
      open--;
      if (answer != null) {
        if (winner == null) {
          winner = endpoint;
          confirmed(askedAt);
        }
        listener.onBeat(answer, revision);
      } else {
        String reason = endpoint.name() + ": " + failure;
        if (endpoint.equals(first)) {
          firstFailure = reason;
          widen();
        }
        if (open == 0 && winner == null) {
          failed(askedAt, firstFailure != null ? firstFailure : reason);
        }
      }
      if (hedge != null && (first.equals(winner) || wide)) {
        hedge.cancel(false);
      }
      if (winner != null && firstFailure != null && listener.current().equals(first)) {
        listener.onCurrentFailed(winner, firstFailure);
      }
    }
  }
}
