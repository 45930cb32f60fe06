package io.trunkline.proxy.backend;

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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Which members a session has asked in vain, and when it asks again. */
final class BackendSelector {
  /** How soon a member that refused is asked again when nothing else is eligible. */
  private static final Duration RETRY = Duration.ofMillis(50);

  /** Each time it is asked after twice as long, up to this. */
  private static final Duration LONGEST_RETRY = Duration.ofMillis(400);

  private final BackendContext context;
  private final EventLoop loop;
  private final Set<String> tried = new HashSet<>();
  private Optional<Target> refusedAs = Optional.empty();
  private boolean inVain;
  private Duration pause = RETRY;
  private @Nullable ScheduledFuture<?> retry;

  BackendSelector(BackendContext context, EventLoop loop) {
    this.context = context;
    this.loop = loop;
  }

  /**
   * The member to ask next: one that refuses only where every other one does, too, and one that has
   * refused this session only where all have.
   */
  Pick next() {
    Optional<RoutingTable> table = context.cluster().cell().current();
    if (table.isEmpty()) {
      return new Pick.Wait(WriteReason.STARTING);
    }
    Pick pick = pick(table.get());
    while (pick instanceof Pick.To to && context.cluster().logins().at(to).avoided()) {
      tried.add(to.target().member());
      pick = pick(table.get());
    }
    inVain = pick instanceof Pick.Exhausted;
    if (inVain) {
      tried.clear();
      refusedAs = table.get().write().target();
      pick = pick(table.get());
    }
    return pick;
  }

  private Pick pick(RoutingTable table) {
    return context.picker().pick(table, context.stats()::sessionsOn, tried);
  }

  /** Whether everybody who could be asked has refused, so that {@link #next} begins anew. */
  boolean inVain() {
    return inVain;
  }

  /** That member cannot be had now. */
  void refusedBy(String member) {
    tried.add(member);
  }

  /** Everybody has refused: tries again in a while. */
  void again(Runnable attempt) {
    if (!retrying()) {
      long jittered = (long) (pause.toNanos() * (0.75 + context.random().nextDouble(0.5)));
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
