package io.trunkline.proxy.stats;

import io.trunkline.proxy.stats.ConnectionFailure.Side;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What one listener has done since it was bound. Counters only grow; safe to read any time. */
public final class ListenerStats {
  private final LongAdder accepted = new LongAdder();
  private final LongAdder bytesFromClients = new LongAdder();
  private final LongAdder bytesToClients = new LongAdder();
  private final LongAdder dialFailures = new LongAdder();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger queued = new AtomicInteger();
  private final Map<SessionEnd, LongAdder> ends = new EnumMap<>(SessionEnd.class);
  private final Map<CancelDrop, LongAdder> cancelDrops = new EnumMap<>(CancelDrop.class);
  private final Map<Side, Map<ConnectionFailure, LongAdder>> failures = new EnumMap<>(Side.class);
  private final KeptStats kept = new KeptStats();
  private final Map<String, AtomicInteger> sessions = new ConcurrentHashMap<>();

  public ListenerStats() {
    for (SessionEnd end : SessionEnd.values()) {
      ends.put(end, new LongAdder());
    }
    for (CancelDrop drop : CancelDrop.values()) {
      cancelDrops.put(drop, new LongAdder());
    }
    for (Side side : Side.values()) {
      Map<ConnectionFailure, LongAdder> ofSide = new EnumMap<>(ConnectionFailure.class);
      for (ConnectionFailure failure : ConnectionFailure.values()) {
        ofSide.put(failure, new LongAdder());
      }
      failures.put(side, ofSide);
    }
  }

  /** Connections accepted. */
  public long accepted() {
    return accepted.sum();
  }

  /** Client connections that are open now. */
  public int connections() {
    return connections.get();
  }

  /** Clients that are queued now: they have no member yet. */
  public int queued() {
    return queued.get();
  }

  /** Bytes relayed from clients to members. */
  public long bytesFromClients() {
    return bytesFromClients.sum();
  }

  /** Bytes relayed from members to clients. */
  public long bytesToClients() {
    return bytesToClients.sum();
  }

  /** Attempts to reach a member that failed. */
  public long dialFailures() {
    return dialFailures.sum();
  }

  /** How many connections ended for each reason; all reasons are present. */
  public Map<SessionEnd, Long> ends() {
    Map<SessionEnd, Long> sums = new EnumMap<>(SessionEnd.class);
    ends.forEach((end, sum) -> sums.put(end, sum.sum()));
    return sums;
  }

  /** How many cancel requests were not passed on to a member, by why; all reasons are present. */
  public Map<CancelDrop, Long> cancelDrops() {
    Map<CancelDrop, Long> sums = new EnumMap<>(CancelDrop.class);
    cancelDrops.forEach((drop, sum) -> sums.put(drop, sum.sum()));
    return sums;
  }

  /** What has become of the sessions that go on without their member. */
  public KeptStats kept() {
    return kept;
  }

  /** How many connections of clients, or to members, broke for that reason. */
  public long failures(Side side, ConnectionFailure failure) {
    return adder(side, failure).sum();
  }

  private LongAdder adder(Side side, ConnectionFailure failure) {
    return Objects.requireNonNull(Objects.requireNonNull(failures.get(side)).get(failure));
  }

  /** Sessions now, by member. */
  public Map<String, Integer> sessions() {
    Map<String, Integer> now = new TreeMap<>();
    sessions.forEach((member, count) -> now.put(member, count.get()));
    return now;
  }

  /** Sessions on that member now. */
  public int sessionsOn(String member) {
    AtomicInteger count = sessions.get(member);
    return count == null ? 0 : count.get();
  }

  /** Counts a connection; how many are open now. */
  public int connectionOpened() {
    accepted.increment();
    return connections.incrementAndGet();
  }

  /** A connection has ended. */
  public void connectionEnded(SessionEnd end) {
    ends.get(end).increment();
    connections.decrementAndGet();
  }

  /** A client waits for a member. */
  public void queueEntered() {
    queued.incrementAndGet();
  }

  /** One waits no more. */
  public void queueLeft() {
    queued.decrementAndGet();
  }

  /** A session is on that member. */
  public void placedAt(String member) {
    sessions.computeIfAbsent(member, _ -> new AtomicInteger()).incrementAndGet();
  }

  /** One has left it. */
  public void leftFrom(String member) {
    sessions.get(member).decrementAndGet();
  }

  /** A member could not be reached. */
  public void dialFailed() {
    dialFailures.increment();
  }

  /** A cancel request was not passed on. */
  public void cancelDropped(CancelDrop why) {
    cancelDrops.get(why).increment();
  }

  /** A connection broke. */
  public void failed(Side side, ConnectionFailure failure) {
    adder(side, failure).increment();
  }

  /** Counts bytes from clients to members. */
  public LongAdder fromClients() {
    return bytesFromClients;
  }

  /** Counts bytes from members to clients. */
  public LongAdder toClients() {
    return bytesToClients;
  }
}
