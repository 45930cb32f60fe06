package io.trunkline.proxy.backend;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.trunkline.proxy.backend.BackendState.Place;
import io.trunkline.routing.Fence;
import io.trunkline.routing.Fence.Verdict;
import io.trunkline.routing.Picker;
import io.trunkline.routing.RoutingTable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What becomes of one session that has a member, by the newest routing table. */
final class Fencing {
  /** Within this the readers of a replica that was promoted leave, one by one. */
  private static final Duration DEPARTURE = Duration.ofSeconds(30);

  /** And within this those that could not when it was their turn, unless that is longer ago. */
  private static final Duration BELATED = Duration.ofSeconds(5);

  private final Picker picker;
  private final RandomGenerator random;
  private final EventLoop loop;
  private final Runnable whenDue;
  private Fence.@Nullable Facts facts;
  private Fence.@Nullable Input input;
  private Instant inputAt = Instant.MIN;
  private Verdict verdict = Verdict.KEEP;
  private @Nullable ScheduledFuture<?> departure;

  /** When it is the session's turn to leave this member, by the loop's clock; null: not drawn. */
  private @Nullable Long turn;

  private boolean departs;

  /**
   * @param random when within the time for it a session leaves such a replica
   * @param whenDue has the session leave a replica that was promoted, if it is idle
   */
  Fencing(Picker picker, RandomGenerator random, EventLoop loop, Runnable whenDue) {
    this.picker = picker;
    this.random = random;
    this.loop = loop;
    this.whenDue = whenDue;
  }

  /**
   * The session has that member, by what is known now: tables from before that are still to come
   * say nothing new of it.
   */
  void placed(Place place, Optional<RoutingTable> table) {
    facts = Fence.Facts.dialling(place.target(), place.asPrimary(), table);
    input = table.map(now -> Fence.Input.of(now, picker)).orElse(null);
    inputAt = table.map(now -> now.view().at()).orElse(Instant.MIN);
    turn = null;
  }

  /** The member has answered, and can be replaced no longer. */
  void answered(boolean followed) {
    facts = facts == null ? null : facts.answered(followed);
  }

  /** Takes note of a table; false when it is older than what is known. */
  boolean learn(RoutingTable table, Fence.Input next) {
    if (table.view().at().isBefore(inputAt)) {
      return false;
    }
    input = next;
    inputAt = table.view().at();
    return true;
  }

  /** Decides by the newest table, or anew because the facts have changed. */
  Verdict decide() {
    if (facts != null && input != null) {
      facts = facts.seen(input);
      verdict = Fence.decide(facts, input);
      if (verdict != Verdict.DEPART_WHEN_IDLE) {
        stop();
      } else if (departure == null) {
        departure = loop.schedule(this::depart, untilTurn(), TimeUnit.NANOSECONDS);
      }
    }
    return verdict;
  }

  /**
   * It is drawn once: whatever comes in between, a switchover that is called off, delays nobody.
   */
  private long untilTurn() {
    long now = loop.ticker().nanoTime();
    if (turn == null || now - turn > DEPARTURE.toNanos()) {
      turn = now + random.nextLong(DEPARTURE.toNanos());
    } else if (now > turn) {
      turn = now + random.nextLong(BELATED.toNanos());
    }
    return turn - now;
  }

  /** Whether the member is the primary, or has been since the session began. */
  boolean primary() {
    return facts != null && facts.primary();
  }

  /** Whether the client is not to begin anything. */
  boolean blocksWhenIdle() {
    return verdict == Verdict.BLOCK_WHEN_IDLE;
  }

  private void depart() {
    departs = true;
    whenDue.run();
  }

  /** Whether the session leaves as soon as it is idle. */
  boolean departs() {
    return departs;
  }

  /** The session stays, or is over. */
  void stop() {
    if (departure != null) {
      departure.cancel(false);
      departure = null;
      departs = false;
    }
  }
}
