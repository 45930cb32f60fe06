package io.trunkline.simulation.node;

import io.trunkline.simulation.time.SimulatedProcess;
import io.trunkline.vip.LoopTime;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * The thread of one VIP: what has arrived is handled before what is due, as {@code VipLoop} does,
 * also after the process was stopped.
 */
final class VipTurns {
  private static final long WAKE_UP = TimeUnit.MICROSECONDS.toNanos(50);

  private final SimulatedProcess process;
  private final LoopTime time;
  private final LongSupplier deadline;
  private final LongConsumer onTime;
  private final ArrayDeque<Consumer<Instant>> arrived = new ArrayDeque<>();
  private final long origin;
  private long planned;

  /**
   * @param deadline when {@code onTime} has something to do, in nanoseconds of that time
   */
  VipTurns(SimulatedProcess process, LoopTime time, LongSupplier deadline, LongConsumer onTime) {
    this.process = process;
    this.time = time;
    this.deadline = deadline;
    this.onTime = onTime;
    this.origin = process.clock().nanoTime() - time.now();
  }

  /** Something has arrived. */
  void post(Consumer<Instant> what) {
    arrived.add(what);
    process.after(WAKE_UP, this::turn);
  }

  void turn() {
    long now = time.now();
    for (Consumer<Instant> next = arrived.poll(); next != null; next = arrived.poll()) {
      next.accept(time.moment(now));
    }
    if (now >= deadline.getAsLong()) {
      onTime.accept(now);
    }
    plan();
  }

  private void plan() {
    long next = deadline.getAsLong();
    if (next == LoopTime.NEVER) {
      return;
    }
    long mine = ++planned;
    long wait = Math.max(0, process.clock().trueTime(origin + next) - process.scheduler().now());
    process.after(
        wait,
        () -> {
          if (mine == planned) {
            turn();
          }
        });
  }
}
