package io.trunkline.daemon.app;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.internal.PlatformDependent;
import io.trunkline.daemon.status.MemoryUse;
import io.trunkline.proxy.admission.MemoryGate;
import io.trunkline.proxy.admission.MemoryGate.Amount;
import io.trunkline.routing.Event;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Looks twice a second how much memory is in use, and tells the proxy when that is too much for new
 * connections. Of the heap what counts is what the last garbage collection left: what it would take
 * away does no harm.
 */
final class MemoryWatch implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofMillis(500);

  /** Of heap and buffers together, where the configuration does not say. */
  private static final int DEFAULT_PERCENT = 80;

  /** Of either alone. */
  private static final int FULL_PERCENT = 90;

  private final MemoryGate gate;
  private final LongSupplier waiting;
  private final LongSupplier states;
  private final EventSink events;
  private final InstantSource clock;
  private final long mostHeap = Runtime.getRuntime().maxMemory();
  private final long mostBuffers = PlatformDependent.maxDirectMemory();
  private volatile long limit;
  private final List<MemoryPoolMXBean> heap =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .toList();
  private final ScheduledFuture<?> timer;

  /**
   * @param limit bytes; empty: by what the Java virtual machine may use
   * @param waiting bytes that wait to be relayed
   * @param states bytes for what sessions have to be restored with
   * @param loop where it looks
   */
  MemoryWatch(
      OptionalLong limit,
      MemoryGate gate,
      LongSupplier waiting,
      LongSupplier states,
      EventSink events,
      InstantSource clock,
      EventExecutorGroup loop) {
    this.gate = gate;
    this.waiting = waiting;
    this.states = states;
    this.events = events;
    this.clock = clock;
    limit(limit);
    this.timer =
        loop.scheduleWithFixedDelay(
            this::look, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Sets the limit in bytes; empty: by what the Java virtual machine may use. */
  void limit(OptionalLong bytes) {
    limit = bytes.orElse((mostHeap + mostBuffers) / 100 * DEFAULT_PERCENT);
  }

  MemoryUse use() {
    long left =
        heap.stream()
            .map(MemoryPoolMXBean::getCollectionUsage)
            .filter(Objects::nonNull)
            .mapToLong(MemoryUsage::getUsed)
            .sum();
    long buffers =
        ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
    return new MemoryUse(
        left, buffers, waiting.getAsLong(), states.getAsLong(), limit, gate.closed());
  }

  private void look() {
    MemoryUse use = use();
    boolean changed =
        gate.observe(
            new Amount(use.heap() + use.buffers(), limit),
            new Amount(use.heap(), mostHeap / 100 * FULL_PERCENT),
            new Amount(use.buffers(), mostBuffers / 100 * FULL_PERCENT));
    if (changed) {
      events.emit(
          Event.of(
              clock.instant(),
              gate.closed() ? EventName.MEMORY_LIMIT_REACHED : EventName.MEMORY_LIMIT_LEFT,
              "heap_bytes",
              use.heap(),
              "buffer_bytes",
              use.buffers(),
              "limit_bytes",
              limit));
    }
  }

  @Override
  public void close() {
    timer.cancel(false);
  }
}
