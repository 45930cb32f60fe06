package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.trunkline.leak.Leaks;
import io.trunkline.proxy.session.SessionFilter;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a proxy and this process hold while nobody is connected; to be the same again after whatever
 * clients and members have done.
 *
 * @param descriptors open files and sockets of this process
 * @param threads of this process, without those that run virtual threads
 * @param memory that Netty's allocator has taken, in bytes
 */
record AtRest(ProxyFixture proxy, long descriptors, long threads, long memory) {
  /** The JDK opens files of its own at times; what is looked for is many. */
  private static final int MORE_DESCRIPTORS = 3;

  /**
   * The allocator keeps chunks for later, the more the more was in use at once. That they do not
   * grow without end, {@link HostileClientTest} shows by doing the same again.
   */
  private static final long MORE_MEMORY = 128L << 20;

  static AtRest now(ProxyFixture proxy) {
    return new AtRest(proxy, countDescriptors(), countThreads(), memoryTaken());
  }

  /** Waits until all is as it was; fails where it does not come to that. */
  void comesBack() throws Exception {
    try {
      Await.until(this::nobodyIsConnected);
    } catch (AssertionError e) {
      throw new AssertionError("still there: " + whoIsThere(), e);
    }
    assertThat(proxy.proxy.sessions(SessionFilter.ALL, 10).get(10, TimeUnit.SECONDS).matching())
        .as("sessions in the loops' lists")
        .isZero();
    Await.until(() -> countDescriptors() <= descriptors + MORE_DESCRIPTORS);
    assertThat(countThreads()).as("threads").isLessThanOrEqualTo(threads);
    Leaks.collectGarbage();
    assertThat(memoryTaken()).as("bytes").isLessThanOrEqualTo(memory + MORE_MEMORY);
    proxy.proxy.turn().get(10, TimeUnit.SECONDS);
  }

  /** Every connection that was accepted has ended, for one reason. */
  private boolean nobodyIsConnected() {
    return proxy.proxy.stats().values().stream()
        .allMatch(
            stats ->
                stats.connections() == 0
                    && stats.queued() == 0
                    && stats.sessions().values().stream().allMatch(count -> count == 0)
                    && stats.accepted()
                        == stats.ends().values().stream().mapToLong(Long::longValue).sum());
  }

  private String whoIsThere() throws Exception {
    ListenerStats stats = proxy.proxy.stats().get("write");
    return "%d accepted, %d now, ended for %s, on %s, %s"
        .formatted(
            stats.accepted(),
            stats.connections(),
            stats.ends(),
            stats.sessions(),
            proxy.proxy.sessions(SessionFilter.ALL, 10).get(10, TimeUnit.SECONDS).sessions());
  }

  static long memoryTaken() {
    ByteBufAllocatorMetric metric =
        ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
    return metric.usedDirectMemory() + metric.usedHeapMemory();
  }

  private static long countThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !thread.getName().startsWith("ForkJoinPool"))
        .filter(thread -> !thread.getName().startsWith("VirtualThread"))
        .count();
  }

  private static long countDescriptors() {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
