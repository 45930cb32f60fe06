package io.trunkline.proxy;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.trunkline.routing.Pick;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.Target;
import io.trunkline.routing.WriteReason;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Which members a session has asked in vain, and when it asks again. */
final class Search {
  /** How soon a member that refused is asked again when nothing else is eligible. */
  private static final Duration RETRY = Duration.ofMillis(50);

  /** Each time it is asked after twice as long, up to this. */
  private static final Duration LONGEST_RETRY = Duration.ofMillis(400);

  private final Endpoint endpoint;
  private final EventLoop loop;
  private final Set<String> tried = new HashSet<>();
  private Optional<Target> refusedAs = Optional.empty();
  private Duration pause = RETRY;
  private @Nullable ScheduledFuture<?> retry;

  Search(Endpoint endpoint, EventLoop loop) {
    this.endpoint = endpoint;
    this.loop = loop;
  }

  /** The member to ask next. */
  Pick next() {
    Optional<RoutingTable> table = endpoint.cluster().cell().current();
    Pick pick =
        table
            .map(now -> endpoint.picker().pick(now, endpoint.stats()::sessionsOn, tried))
            .orElse(new Pick.Wait(WriteReason.STARTING));
    if (pick instanceof Pick.Exhausted) {
      tried.clear();
      refusedAs = table.flatMap(now -> now.write().target());
    }
    return pick;
  }

  /** That member cannot be had now. */
  void refusedBy(String member) {
    tried.add(member);
  }

  /** Everybody has refused: tries again in a while. */
  void again(Runnable attempt) {
    if (!retrying()) {
      long jittered =
          (long) (pause.toNanos() * (0.75 + ThreadLocalRandom.current().nextDouble(0.5)));
      retry = loop.schedule(attempt, jittered, TimeUnit.NANOSECONDS);
      pause = pause.compareTo(LONGEST_RETRY) < 0 ? pause.multipliedBy(2) : pause;
    }
  }

  /** A member that has just refused is not asked again by every table, only a new one is. */
  boolean waitsInSpiteOf(RoutingTable table) {
    return retrying() && table.write().target().equals(refusedAs);
  }

  void stop() {
    if (retry != null) {
      retry.cancel(false);
    }
  }

  private boolean retrying() {
    return retry != null && !retry.isDone();
  }
}
