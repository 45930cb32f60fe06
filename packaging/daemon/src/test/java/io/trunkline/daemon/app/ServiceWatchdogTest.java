package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.trunkline.daemon.SampleCluster;
import io.trunkline.daemon.SampleConfig;
import io.trunkline.daemon.SampleNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ServiceWatchdogTest {
  private static final CompletableFuture<Void> TURNED = CompletableFuture.completedFuture(null);

  @TempDir Path directory;
  private final SampleCluster cluster = SampleCluster.healthy();
  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private SampleNode node;
  private NotifySocket systemd;
  private ServiceManager manager;

  @BeforeEach
  void start() throws Exception {
    node = new SampleNode(SampleConfig.in(directory), cluster).observe();
    String path = directory.resolve("notify").toString();
    systemd = new NotifySocket(path, loop);
    manager = ServiceManager.of(Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "30000000"), loop);
  }

  @AfterEach
  void end() {
    manager.close();
    systemd.close();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private ServiceWatchdog watchdog(Supplier<CompletableFuture<Void>> round) {
    return new ServiceWatchdog(
        new StatusLine(node.facts()), new Health(node.facts()), round, manager, loop);
  }

  @Test
  void everyRoundIsASignOfLifeAndAChangeIsToldOnce() throws InterruptedException {
    try (ServiceWatchdog _ = watchdog(() -> TURNED)) {
      assertThat(systemd.next()).isEqualTo("WATCHDOG=1");
      assertThat(systemd.next()).isEqualTo("STATUS=main: open, writes to pg-1; 2 sessions");
      assertThat(systemd.next()).isEqualTo("WATCHDOG=1");
      assertThat(systemd.next()).isEqualTo("WATCHDOG=1");
    }
  }

  @Test
  void aLoopThatHangsOrHasEndedIsSilence() throws InterruptedException {
    CompletableFuture<Void> hangs = new CompletableFuture<>();
    try (ServiceWatchdog _ = watchdog(() -> hangs)) {
      assertThat(systemd.next()).startsWith("STATUS=");
      assertThat(systemd.next()).isNull();
      hangs.complete(null);
      assertThat(systemd.next()).isEqualTo("WATCHDOG=1");
    }
    Supplier<CompletableFuture<Void>> ended =
        () -> {
          throw new RejectedExecutionException("ended");
        };
    try (ServiceWatchdog _ = watchdog(ended)) {
      String first = systemd.next();
      while ("WATCHDOG=1".equals(first)) {
        first = systemd.next(); // sent by the one before
      }
      assertThat(first).startsWith("STATUS=");
      assertThat(systemd.next()).isNull();
    }
  }

  @Test
  void anObserverThatBringsNothingIsSilence() throws InterruptedException {
    cluster.after(Duration.ofSeconds(11));
    try (ServiceWatchdog _ = watchdog(() -> TURNED)) {
      assertThat(systemd.next()).startsWith("STATUS=");
      assertThat(systemd.next()).isNull();
    }
  }
}
