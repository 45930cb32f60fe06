package io.trunkline.proxy.stats;

import io.trunkline.config.DurationHistogram;
import io.trunkline.pgwire.state.Pinned;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What has become of the sessions of one listener that go on without their member. Counters only
 * grow; safe to read any time.
 */
public final class KeptStats {
  private final AtomicInteger detachedNow = new AtomicInteger();
  private final Map<MemberLoss, LongAdder> detached = new EnumMap<>(MemberLoss.class);
  private final Map<MemberLoss, DurationHistogram> restored = new EnumMap<>(MemberLoss.class);
  private final Map<Pinned, LongAdder> pinned = new EnumMap<>(Pinned.class);
  private final LongAdder transactionsLost = new LongAdder();
  private final LongAdder stateQueries = new LongAdder();
  private final DurationHistogram stateAnswers =
      new DurationHistogram(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000);
  private final Map<Object, Census> censuses = new ConcurrentHashMap<>();

  /**
   * How many sessions have a member now.
   *
   * @param kept how many would go on if it stopped
   * @param pinned how many would end with it, by why; only reasons that occur
   */
  public record Census(int kept, Map<Pinned, Integer> pinned) {
    /** No session. */
    public static final Census NONE = new Census(0, Map.of());

    public Census {
      pinned = Map.copyOf(pinned);
    }

    private Census plus(Census other) {
      Map<Pinned, Integer> both = new EnumMap<>(Pinned.class);
      both.putAll(pinned);
      other.pinned.forEach((reason, count) -> both.merge(reason, count, Integer::sum));
      return new Census(kept + other.kept, both);
    }
  }

  KeptStats() {
    for (MemberLoss loss : MemberLoss.values()) {
      detached.put(loss, new LongAdder());
      restored.put(
          loss, new DurationHistogram(10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000));
    }
    for (Pinned reason : Pinned.values()) {
      pinned.put(reason, new LongAdder());
    }
  }

  // What can be read.

  /** Sessions that have no member now, and wait for another one or for their client. */
  public int detachedNow() {
    return detachedNow.get();
  }

  /** Sessions that have left a member to go on at another one, for that reason. */
  public long detached(MemberLoss loss) {
    return Objects.requireNonNull(detached.get(loss)).sum();
  }

  /** The same, for whatever reason. */
  public long detached() {
    return detached.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /** Those of them that have gone on, by how long their client had waited after it had spoken. */
  public DurationHistogram.Snapshot restored(MemberLoss loss) {
    return Objects.requireNonNull(restored.get(loss)).snapshot();
  }

  /** The same, for whatever reason. */
  public long restored() {
    return restored.values().stream().mapToLong(each -> each.snapshot().count()).sum();
  }

  /** How many sessions ended with their member, although sessions are kept, by why. */
  public Map<Pinned, Long> pinned() {
    Map<Pinned, Long> sums = new EnumMap<>(Pinned.class);
    pinned.forEach((reason, sum) -> sums.put(reason, sum.sum()));
    return sums;
  }

  /** Transactions that were lost with their member, whose session goes on. */
  public long transactionsLost() {
    return transactionsLost.sum();
  }

  /** How often a member was asked what a session is. */
  public long stateQueries() {
    return stateQueries.sum();
  }

  /** How long members took to answer that. */
  public DurationHistogram.Snapshot stateAnswers() {
    return stateAnswers.snapshot();
  }

  /** How it was when the sessions were counted last: about a second ago. */
  public Census census() {
    return censuses.values().stream().reduce(Census.NONE, Census::plus);
  }

  // What sessions tell.

  /**
   * Counts the sessions of one event loop.
   *
   * @param loop whose they are
   */
  public void counted(Object loop, Census census) {
    if (census.equals(Census.NONE)) {
      censuses.remove(loop);
    } else {
      censuses.put(loop, census);
    }
  }

  /** A session is without its member. */
  public void parted() {
    detachedNow.incrementAndGet();
  }

  /** It has another one, or has ended. */
  public void partedNoMore() {
    detachedNow.decrementAndGet();
  }

  /** A session leaves its member to go on at another one. */
  public void sessionDetached(MemberLoss loss) {
    Objects.requireNonNull(detached.get(loss)).increment();
  }

  /**
   * It has gone on.
   *
   * @param waited nanoseconds since its client has spoken
   */
  public void sessionRestored(MemberLoss loss, long waited) {
    Objects.requireNonNull(restored.get(loss)).record(waited);
  }

  /** It was in a transaction. */
  public void transactionLost() {
    transactionsLost.increment();
  }

  /** A session cannot go on at another member. */
  public void sessionPinned(Pinned reason) {
    Objects.requireNonNull(pinned.get(reason)).increment();
  }

  /** A member is asked what a session is. */
  public void stateQueried() {
    stateQueries.increment();
  }

  /**
   * It has answered.
   *
   * @param took nanoseconds
   */
  public void stateAnswered(long took) {
    stateAnswers.record(took);
  }
}
