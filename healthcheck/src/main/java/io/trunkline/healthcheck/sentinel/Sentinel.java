package io.trunkline.healthcheck.sentinel;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.trunkline.config.HostPort;
import io.trunkline.healthcheck.common.Silence;
import io.trunkline.routing.SentinelAnswer;
import io.trunkline.routing.SentinelAnswer.Access;
import io.trunkline.routing.SentinelHealth;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches whether one member takes writes, over one connection at most: asks every 200 ms, without
 * pause while it must be known when the leader becomes writable, and dials again when it is lost.
 */
public final class Sentinel implements SentinelCall.Listener {
  static final Duration INTERVAL = Duration.ofMillis(200);

  /** At most so often, whatever the hurry. */
  static final Duration HURRY = Duration.ofMillis(25);

  private static final Duration HURRY_FOR = Duration.ofSeconds(15);

  /** Between dials in a hurry: each one that is turned away is a line in PostgreSQL's log. */
  private static final Duration REDIAL_HURRIED = Duration.ofMillis(40);

  private static final Duration REDIAL_UNEASY = Duration.ofMillis(100);
  private static final Duration REDIAL_FIRST = Duration.ofMillis(250);
  private static final Duration REDIAL_MOST = Duration.ofSeconds(5);
  private static final Duration REFUSED_FIRST = Duration.ofSeconds(1);
  private static final Duration REFUSED_MOST = Duration.ofSeconds(30);

  /** The longest pause, a login or a question after it, and a margin. */
  private static final Duration SILENT = REFUSED_MOST.plus(SentinelCall.LOGIN_LIMIT).plusSeconds(5);

  private final HostPort address;
  private final Dialer dialer;
  private final EventLoop loop;
  private final InstantSource clock;
  private final SentinelRecord record;
  private final Runnable changed;
  private @Nullable SentinelCall call;
  private @Nullable Future<?> timer;
  private @Nullable Instant hurriedSince;
  private Instant lastStart = Instant.MIN;
  private Duration backoff = Duration.ZERO;
  private boolean refused;
  private final Silence silence;
  private boolean again;
  private boolean closed;

  interface Dialer {
    SentinelCall dial(HostPort address, SentinelCall.Listener listener);
  }

  public Sentinel(
      HostPort address,
      Dialer dialer,
      EventLoop loop,
      InstantSource clock,
      SentinelRecord record,
      Runnable changed) {
    this.address = address;
    this.dialer = dialer;
    this.loop = loop;
    this.clock = clock;
    this.record = record;
    this.changed = changed;
    this.silence = new Silence(SILENT, clock.instant());
  }

  public HostPort address() {
    return address;
  }

  public SentinelHealth health() {
    return record.health();
  }

  /** Asks, or dials, as soon as may be: something has changed. */
  public void askNow() {
    again = true;
    plan();
  }

  /** It must be known when the member becomes writable, or need not any more. */
  public void hurry(boolean wanted) {
    if (wanted != (hurriedSince != null)) {
      hurriedSince = wanted ? clock.instant() : null;
      plan();
    }
  }

  /** Time has passed. A sentinel that has fallen silent, for whatever reason, begins anew. */
  public void tick() {
    Instant now = clock.instant();
    if (!closed) {
      silence.tooLong(now).ifPresent(silent -> beginAnew(now, silent));
    }
  }

  private void beginAnew(Instant now, Duration silent) {
    record.stalled(now, silent);
    endCall();
    lastStart = Instant.MIN;
    plan();
  }

  private void endCall() {
    if (call != null) {
      call.close();
      call = null;
    }
  }

  public void close() {
    closed = true;
    stopTimer();
    endCall();
  }

  @Override
  public void answered(SentinelAnswer answer) {
    silence.heard(answer.at());
    backoff = Duration.ZERO;
    refused = false;
    boolean news = record.answered(answer);
    boolean awaited = hurriedSince != null && answer.access() == Access.READ_WRITE;
    if (news || awaited) {
      changed.run();
    }
    plan();
  }

  @Override
  public void ended(SentinelCall.Failure failure, String reason) {
    Instant now = clock.instant();
    silence.heard(now);
    call = null;
    refused = failure == SentinelCall.Failure.REFUSED;
    Duration first = refused ? REFUSED_FIRST : REDIAL_FIRST;
    Duration most = refused ? REFUSED_MOST : REDIAL_MOST;
    backoff = clamp(backoff.multipliedBy(2), first, most);
    boolean news =
        switch (failure) {
          case NOT_ACCEPTING -> record.notAccepting(lastStart, now);
          case REFUSED, BROKEN -> record.failed(now, reason, refused);
        };
    if (news) {
      changed.run();
    }
    plan();
  }

  private void plan() {
    stopTimer();
    if (closed || (call != null && !call.idle())) {
      return; // the answer, or the end, plans anew
    }
    Instant now = clock.instant();
    Duration pause = again ? HURRY : call == null ? redialPause(now) : askPause();
    if (lastStart.equals(Instant.MIN) || !now.isBefore(lastStart.plus(pause))) {
      start(now);
    } else {
      long nanos = Duration.between(now, lastStart.plus(pause)).toNanos();
      timer = loop.schedule(this::plan, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void start(Instant now) {
    again = false;
    lastStart = now;
    if (call == null) {
      call = dialer.dial(address, this);
    } else {
      call.ask();
    }
  }

  private Duration askPause() {
    return hurriedSince != null ? HURRY : INTERVAL;
  }

  /** A refusal does not pass by itself: nobody is hurried into filling PostgreSQL's log. */
  private Duration redialPause(Instant now) {
    if (hurriedSince == null || refused) {
      return backoff;
    }
    return now.isBefore(hurriedSince.plus(HURRY_FOR)) ? REDIAL_HURRIED : REDIAL_UNEASY;
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private static Duration clamp(Duration value, Duration least, Duration most) {
    return value.compareTo(least) < 0 ? least : value.compareTo(most) > 0 ? most : value;
  }
}
