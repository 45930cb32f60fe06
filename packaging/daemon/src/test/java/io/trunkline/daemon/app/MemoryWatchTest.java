package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.trunkline.daemon.status.MemoryUse;
import io.trunkline.proxy.admission.MemoryGate;
import io.trunkline.routing.Event;
import io.trunkline.testing.Await;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MemoryWatchTest {
  private final DefaultEventExecutorGroup loop = new DefaultEventExecutorGroup(1);
  private final MemoryGate gate = new MemoryGate();
  private final List<Event> events = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private MemoryWatch watch(OptionalLong limit) {
    return new MemoryWatch(limit, gate, () -> 0, () -> 0, events::add, () -> Instant.EPOCH, loop);
  }

  @Test
  void buffersCount() {
    try (MemoryWatch watch = watch(OptionalLong.empty())) {
      long before = watch.use().buffers();
      ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(32 << 20);
      try {
        assertThat(watch.use().buffers()).isGreaterThanOrEqualTo(before + (32 << 20));
      } finally {
        buffer.release();
      }
    }
  }

  @Test
  void theHeapCountsWithWhatACollectionLeft() {
    byte[] live = new byte[8 << 20];
    try (MemoryWatch watch = watch(OptionalLong.empty())) {
      System.gc();
      assertThat(watch.use().heap())
          .isBetween((long) live.length, Runtime.getRuntime().totalMemory());
    }
  }

  @Test
  void withoutALimitItIsByWhatTheVirtualMachineMayUse() {
    try (MemoryWatch watch = watch(OptionalLong.empty())) {
      MemoryUse use = watch.use();
      assertThat(use.limit()).isGreaterThan(Runtime.getRuntime().maxMemory() / 100 * 80);
      assertThat(use.refusing()).isFalse();
    }
  }

  @Test
  void itIsToldOnce() throws InterruptedException {
    ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(64);
    try (MemoryWatch watch = watch(OptionalLong.of(1))) {
      Await.until(gate::closed);
      assertThat(watch.use().refusing()).isTrue();
      loop.submit(() -> {}).sync();
      assertThat(events).extracting(Event::label).containsExactly("memory_limit_reached");
      assertThat(events.getFirst().fields()).containsEntry("limit_bytes", "1");
    } finally {
      buffer.release();
    }
  }
}
