package io.trunkline.proxy.stats;

import io.netty.util.concurrent.EventExecutor;
import io.trunkline.pgwire.state.Pinned;
import io.trunkline.routing.Event;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Tells of the sessions of one cluster that leave a member, and of those that go on at another one:
 * how many there were within a second, or a few, in one event for each cause.
 */
public final class MoveLog {
  /** They lose a member at the same time. */
  private static final Duration LEAVING = Duration.ofSeconds(1);

  /** They go on when their clients speak. */
  private static final Duration GOING_ON = Duration.ofSeconds(5);

  private final String cluster;
  private final EventSink events;
  private final InstantSource clock;
  private final Map<MemberLoss, Left> left = new EnumMap<>(MemberLoss.class);
  private final Map<MemberLoss, List<Duration>> restored = new EnumMap<>(MemberLoss.class);

  private static final class Left {
    private int detached;
    private int inTransaction;
    private final Map<Pinned, Integer> pinned = new EnumMap<>(Pinned.class);
  }

  /**
   * @param cluster its name
   */
  public MoveLog(String cluster, EventSink events, InstantSource clock) {
    this.cluster = cluster;
    this.events = events;
    this.clock = clock;
  }

  /**
   * A session has left its member.
   *
   * @param later has it told in a moment
   */
  public synchronized void detached(MemberLoss cause, boolean inTransaction, EventExecutor later) {
    Left now = left(cause, later);
    now.detached++;
    now.inTransaction += inTransaction ? 1 : 0;
  }

  /** A session ends with its member, although sessions are kept. */
  public synchronized void pinned(MemberLoss cause, Pinned reason, EventExecutor later) {
    left(cause, later).pinned.merge(reason, 1, Integer::sum);
  }

  private Left left(MemberLoss cause, EventExecutor later) {
    Left known = left.get(cause);
    if (known == null) {
      known = new Left();
      left.put(cause, known);
      later.schedule(() -> tellLeft(cause), LEAVING.toNanos(), TimeUnit.NANOSECONDS);
    }
    return known;
  }

  /**
   * A session has gone on.
   *
   * @param waited since its client has spoken
   */
  public synchronized void restored(MemberLoss cause, Duration waited, EventExecutor later) {
    List<Duration> known = restored.get(cause);
    if (known == null) {
      known = new ArrayList<>();
      restored.put(cause, known);
      later.schedule(() -> tellRestored(cause), GOING_ON.toNanos(), TimeUnit.NANOSECONDS);
    }
    known.add(waited);
  }

  private synchronized Optional<Left> takeLeft(MemberLoss cause) {
    return Optional.ofNullable(left.remove(cause));
  }

  private synchronized List<Duration> takeRestored(MemberLoss cause) {
    List<Duration> taken = restored.remove(cause);
    return taken == null ? List.of() : taken;
  }

  private void tellLeft(MemberLoss cause) {
    Optional<Left> taken = takeLeft(cause);
    if (taken.isEmpty()) {
      return;
    }
    Left told = taken.get();
    int ended = told.pinned.values().stream().mapToInt(Integer::intValue).sum();
    List<Object> fields = new ArrayList<>();
    fields.addAll(List.of("cluster", cluster, "cause", cause.label(), "count", told.detached));
    fields.addAll(List.of("in_transaction", told.inTransaction, "not_kept", ended));
    if (ended > 0) {
      fields.addAll(List.of("why", text(told.pinned)));
    }
    events.emit(
        Event.of(
            clock.instant(),
            ended > 0 ? Event.Severity.WARN : Event.Severity.INFO,
            EventName.SESSIONS_DETACHED,
            fields.toArray()));
  }

  private static String text(Map<Pinned, Integer> pinned) {
    return pinned.entrySet().stream()
        .map(reason -> reason.getKey().label() + ": " + reason.getValue())
        .collect(Collectors.joining(", "));
  }

  private void tellRestored(MemberLoss cause) {
    List<Duration> told = takeRestored(cause);
    if (told.isEmpty()) {
      return;
    }
    told.sort(null);
    events.emit(
        Event.of(
            clock.instant(),
            EventName.SESSIONS_RESTORED,
            "cluster",
            cluster,
            "cause",
            cause.label(),
            "count",
            told.size(),
            "median_ms",
            told.get(told.size() / 2).toMillis(),
            "longest_ms",
            told.getLast().toMillis()));
  }
}
