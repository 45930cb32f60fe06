package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceManagerTest {
  @TempDir Path directory;

  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

  @AfterEach
  void end() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void tellsSystemd() throws InterruptedException {
    String path = directory.resolve("notify").toString();
    try (NotifySocket systemd = new NotifySocket(path, loop);
        ServiceManager manager =
            ServiceManager.of(Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "15000000"), loop)) {
      manager.ready("all is well");
      manager.status("still");
      manager.alive();
      manager.stopping(Duration.ofSeconds(45), "bye");
      assertThat(systemd.next()).isEqualTo("READY=1\nSTATUS=all is well");
      assertThat(systemd.next()).isEqualTo("STATUS=still");
      assertThat(systemd.next()).isEqualTo("WATCHDOG=1");
      assertThat(systemd.next()).isEqualTo("STOPPING=1\nEXTEND_TIMEOUT_USEC=45000000\nSTATUS=bye");
      assertThat(manager.watchdog()).isTrue();
    }
  }

  @Test
  void theAbstractNamespace() throws InterruptedException {
    String name = "trunkline-test-" + ProcessHandle.current().pid();
    try (NotifySocket systemd = new NotifySocket("\0" + name, loop);
        ServiceManager manager = ServiceManager.of(Map.of("NOTIFY_SOCKET", "@" + name), loop)) {
      manager.alive();
      assertThat(systemd.next()).isEqualTo("WATCHDOG=1");
    }
  }

  @Test
  void withoutSystemdNothingHappens() {
    try (ServiceManager manager = ServiceManager.of(Map.of(), loop)) {
      manager.ready("x");
      assertThat(manager.watchdog()).isFalse();
    }
  }

  @Test
  void theWatchdogOfAnotherProcessIsNotOurs() {
    Map<String, String> environment =
        Map.of("NOTIFY_SOCKET", "/nowhere", "WATCHDOG_USEC", "1000000", "WATCHDOG_PID", "1");
    try (ServiceManager manager = ServiceManager.of(environment, loop)) {
      assertThat(manager.watchdog()).isFalse();
      manager.alive();
    }
  }
}
