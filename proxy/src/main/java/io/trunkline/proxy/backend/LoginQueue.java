package io.trunkline.proxy.backend;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The logins of this process at one member. So many are under way at once as the member handles
 * well ({@link LoginLimit}); the others wait here, first come first served, so that a burst of
 * clients does not become a burst of PostgreSQL's processes, which would keep each other from
 * coming to an end.
 *
 * <p>While the member refuses connections, as when it is just being promoted, a few ask again and
 * again, and the others wait: the first that it lets in wakes them.
 *
 * <p>Used by all event loops; none of them waits for another.
 */
final class LoginQueue {
  /** So many ask a member that refuses connections. */
  private static final int ASKERS = 2;

  /** Nanoseconds until one that was refused asks again: a part of the time since the first was. */
  private static final long SOONEST = Duration.ofMillis(40).toNanos();

  private static final long LATEST = Duration.ofMillis(400).toNanos();
  private static final int PART = 16;
  private static final long LATELY = Duration.ofSeconds(1).toNanos();

  /** Those who wait are told that the member refuses, at most so often. */
  private static final long TELL_AGAIN = Duration.ofSeconds(1).toNanos();

  /**
   * Nanoseconds. A client that has to answer and does not for so long gives its place to the next,
   * and goes on without one: it keeps the member from nothing. Short, so that clients who say
   * nothing keep nobody out for long; and with each so many of them half as short, down to a
   * sixteenth, so that ten thousand of them do not either.
   */
  private static final long CLIENTS_TURN = Duration.ofMillis(100).toNanos();

  private static final int MISSED_PER_HALF = 8;
  private static final int MOST_MISSED = 4 * MISSED_PER_HALF;

  private final Supplier<OptionalInt> constant;
  private final LongSupplier nanoTime;
  private final ConcurrentNavigableMap<Long, Login> queued = new ConcurrentSkipListMap<>();
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicReference<LoginLimit> limit;
  private final AtomicLong completed = new AtomicLong();
  private final AtomicReference<@Nullable Refusal> refusal = new AtomicReference<>();
  private final AtomicLong told;
  private final AtomicInteger missedTurns = new AtomicInteger();
  private volatile long answeredAt;
  private volatile long progressedAt;

  /**
   * @param sentence about the newest, for those who wait
   * @param since the first, nanoseconds
   * @param newest the newest, nanoseconds
   */
  private record Refusal(String sentence, long since, long newest) {}

  /**
   * @param constant the limit, where it is configured
   * @param nanoTime a steady time
   */
  LoginQueue(Supplier<OptionalInt> constant, LongSupplier nanoTime) {
    this.constant = constant;
    this.nanoTime = nanoTime;
    long now = nanoTime();
    this.told = new AtomicLong(now - TELL_AGAIN);
    this.limit = new AtomicReference<>(LoginLimit.first(now));
    this.answeredAt = now - Duration.ofDays(1).toNanos();
    this.progressedAt = answeredAt;
  }

  /** Nanoseconds of a steady time. */
  long nanoTime() {
    return nanoTime.getAsLong();
  }

  // Places.

  /** Takes a place; false when the login has to wait for one, behind those with lower tickets. */
  boolean enter(Login login) {
    if (queued.isEmpty() && takePlace()) {
      return true;
    }
    queued.put(login.ticket(), login);
    admit();
    return false;
  }

  /** It does not wait any more; false when it does not anyway, because it has a place. */
  boolean remove(Login login) {
    return queued.remove(login.ticket(), login);
  }

  /** A place is free. */
  void free() {
    underWay.decrementAndGet();
    admit();
  }

  private boolean takePlace() {
    int taken = underWay.get();
    while (taken < bound()) {
      if (underWay.compareAndSet(taken, taken + 1)) {
        return true;
      }
      taken = underWay.get();
    }
    return false;
  }

  private int bound() {
    return refuses() ? Math.min(ASKERS, limit()) : limit();
  }

  /** Whoever makes a place free, or needs one, comes here, so that none is left free. */
  private void admit() {
    while (!queued.isEmpty() && takePlace()) {
      Map.Entry<Long, Login> first = queued.pollFirstEntry();
      if (first == null || !first.getValue().admit()) {
        underWay.decrementAndGet();
      }
    }
  }

  /** Nanoseconds in which a client has to answer if it is to keep its place. */
  long clientsTurn() {
    return CLIENTS_TURN >> (missedTurns.get() / MISSED_PER_HALF);
  }

  /**
   * @param answered whether the client has answered in its turn
   */
  void onClientsTurn(boolean answered) {
    missedTurns.updateAndGet(missed -> answered ? missed / 2 : Math.min(MOST_MISSED, missed + 1));
  }

  // What becomes of them.

  void onProgress() {
    progressedAt = nanoTime();
  }

  /** The member lets clients in: those who wait need not think otherwise. */
  void onAnswered() {
    answeredAt = nanoTime();
    if (refusal.get() != null && refusal.getAndSet(null) != null) {
      admit();
    }
  }

  /**
   * @param took nanoseconds; 0: it was not let in
   */
  void onCompleted(long took) {
    completed.incrementAndGet();
    if (took > 0) {
      limit.updateAndGet(it -> it.completed(took, !queued.isEmpty(), nanoTime()));
      admit();
    }
  }

  /**
   * @return nanoseconds until somebody asks again
   */
  long onRefused(String sentence, boolean silent) {
    long now = nanoTime();
    if (silent) {
      limit.updateAndGet(it -> it.lost(now));
    }
    Refusal before =
        refusal.getAndUpdate(it -> new Refusal(sentence, it == null ? now : it.since(), now));
    if (before == null) {
      tellThoseWhoWait(now);
      return SOONEST;
    }
    return Math.clamp((now - before.since()) / PART, SOONEST, LATEST);
  }

  private void tellThoseWhoWait(long now) {
    long last = told.get();
    if (now - last >= TELL_AGAIN && told.compareAndSet(last, now)) {
      queued.values().forEach(Login::onRefusing);
    }
  }

  // What is known.

  /** Whether the member has refused the newest login, and has let in nobody since. */
  boolean refuses() {
    return refusal.get() != null;
  }

  /**
   * Whether a session that may have another member leaves this one alone: it refuses, and somebody
   * asks it now, or was refused within the last second. Otherwise that session asks it.
   */
  boolean avoided() {
    Refusal now = refusal.get();
    return now != null && (underWay.get() > 0 || nanoTime() - now.newest() < LATELY);
  }

  /** That it refuses, in a sentence; empty: it does not. */
  Optional<String> refusal() {
    return Optional.ofNullable(refusal.get()).map(Refusal::sentence);
  }

  /** How long ago it has let in, or gone on with letting in, somebody. */
  Duration answeredAgo() {
    return Duration.ofNanos(nanoTime() - answeredAt);
  }

  /** How long ago it did anything for a login. */
  Duration progressAgo() {
    return Duration.ofNanos(nanoTime() - Math.max(answeredAt, progressedAt));
  }

  /** Logins that have come to an end here. */
  long completed() {
    return completed.get();
  }

  int limit() {
    return constant.get().orElseGet(() -> limit.get().limit());
  }

  int underWay() {
    return underWay.get();
  }

  int queued() {
    return queued.size();
  }

  /** How many are before that one. */
  int before(Login login) {
    return underWay() + queued.headMap(login.ticket()).size();
  }

  boolean idle() {
    return queued.isEmpty() && underWay.get() == 0;
  }
}
