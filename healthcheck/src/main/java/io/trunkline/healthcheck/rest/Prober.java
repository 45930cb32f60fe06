package io.trunkline.healthcheck.rest;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.trunkline.healthcheck.common.JunkException;
import io.trunkline.healthcheck.common.Silence;
import io.trunkline.healthcheck.patroni.ApiUrl;
import io.trunkline.routing.RestHealth;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks one member's REST API again and again: at an interval, at once when told to, and without
 * pause while it must be known when the member becomes writable.
 */
public final class Prober {
  /** At most so often, whatever the hurry. */
  static final Duration HURRY = Duration.ofMillis(25);

  private static final Duration HURRY_FOR = Duration.ofSeconds(15);
  private static final Duration UNEASY = Duration.ofMillis(250);

  /** When in a hurry, a question without an answer gets company: its first packet may be lost. */
  private static final Duration HEDGE = Duration.ofMillis(200);

  private static final int MAX_OPEN = 3;

  /** A question has its interval and its timeout; so much later it has been lost. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private final ApiUrl api;
  private final HttpProbe probe;
  private final EventLoop loop;
  private final InstantSource clock;
  private final Duration interval;
  private final Judge judge;
  private final Runnable changed;
  private final RestRecord record;
  private final Set<Runnable> open = new LinkedHashSet<>();
  private @Nullable Future<?> timer;
  private @Nullable Instant hurriedSince;
  private Pace pace = Pace.CALM;
  private Instant lastStart = Instant.MIN;
  private final Silence silence;
  private boolean again;
  private boolean closed;

  /** How often to ask. */
  public enum Pace {
    /** At the interval. */
    CALM,
    /** Four times a second. */
    UNEASY,
    /** Without pause for a while, then as {@link #UNEASY}. */
    HURRIED
  }

  /** Reads an answer, or says what is wrong with it. */
  public interface Judge {
    RestBody judge(RestReply.Answered reply) throws JunkException;
  }

  public Prober(
      ApiUrl api,
      HttpProbe probe,
      EventLoop loop,
      InstantSource clock,
      Duration interval,
      Duration timeout,
      Judge judge,
      RestRecord record,
      Runnable changed) {
    this.api = api;
    this.probe = probe;
    this.loop = loop;
    this.clock = clock;
    this.interval = interval;
    this.judge = judge;
    this.record = record;
    this.changed = changed;
    this.silence = new Silence(interval.plus(timeout).plus(MARGIN), clock.instant());
  }

  public ApiUrl api() {
    return api;
  }

  public RestHealth health() {
    return record.health();
  }

  public Optional<RestBody> body() {
    return record.body();
  }

  /** Asks as soon as may be, even if a question is open: that one was sent too early. */
  public void askNow() {
    again = true;
    plan();
  }

  public void pace(Pace wanted) {
    if (wanted != pace) {
      hurriedSince = wanted == Pace.HURRIED ? clock.instant() : null;
      pace = wanted;
      plan();
    }
  }

  public void close() {
    closed = true;
    stopTimer();
    cancelOpen();
  }

  /** Time has passed. A prober that has fallen silent, for whatever reason, begins anew. */
  public void tick() {
    Instant now = clock.instant();
    if (!closed) {
      silence.tooLong(now).ifPresent(silent -> beginAnew(now, silent));
    }
  }

  private void beginAnew(Instant now, Duration silent) {
    record.stalled(now, silent);
    cancelOpen();
    lastStart = Instant.MIN;
    plan();
  }

  private void cancelOpen() {
    List.copyOf(open).forEach(Runnable::run);
    open.clear();
  }

  private void plan() {
    stopTimer();
    if (closed) {
      return;
    }
    boolean pressing = again || pace != Pace.CALM;
    if (!open.isEmpty() && (!pressing || open.size() >= MAX_OPEN)) {
      return; // the answer plans anew
    }
    Instant now = clock.instant();
    Duration pause = again ? HURRY : pause(now);
    if (!open.isEmpty() && pause.compareTo(HEDGE) < 0) {
      pause = HEDGE;
    }
    if (lastStart.equals(Instant.MIN) || !now.isBefore(lastStart.plus(pause))) {
      ask(now);
    } else {
      long nanos = Duration.between(now, lastStart.plus(pause)).toNanos();
      timer = loop.schedule(this::plan, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private Duration pause(Instant now) {
    Duration pause =
        switch (pace) {
          case CALM -> interval;
          case UNEASY -> UNEASY;
          case HURRIED ->
              hurriedSince != null && now.isBefore(hurriedSince.plus(HURRY_FOR)) ? HURRY : UNEASY;
        };
    return pause.compareTo(interval) > 0 ? interval : pause;
  }

  private void ask(Instant now) {
    again = false;
    lastStart = now;
    Question question = new Question();
    question.cancel = probe.ask(api, "/primary", question::answered);
    if (!question.over) {
      open.add(question.cancel);
    }
    plan();
  }

  /** One that is open. */
  private final class Question {
    private @Nullable Runnable cancel;
    private boolean over;

    void answered(RestReply reply) {
      over = true;
      if (cancel != null) {
        open.remove(cancel);
      }
      if (closed) {
        return;
      }
      silence.heard(clock.instant());
      switch (reply) {
        case RestReply.Failed failed -> record.failed(failed.askedAt(), failed.reason());
        case RestReply.Answered answered -> {
          try {
            record.answered(judge.judge(answered));
          } catch (JunkException e) {
            record.failed(answered.askedAt(), String.valueOf(e.getMessage()));
          }
        }
      }
      changed.run();
      plan();
    }
  }
}
