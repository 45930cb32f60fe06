package io.trunkline.daemon.app;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.trunkline.daemon.upgrade.Predecessor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Tells systemd how the daemon fares (sd_notify(3)); does nothing where nobody listens. */
final class ServiceManager implements AutoCloseable {
  private final Optional<Channel> channel;
  private final boolean watchdog;

  /** systemd hears the process of the service only: a successor is that when it is ready. */
  private volatile boolean heard;

  private ServiceManager(Optional<Channel> channel, boolean watchdog, boolean heard) {
    this.channel = channel;
    this.heard = heard;
    this.watchdog = watchdog;
  }

  /** As {@code NOTIFY_SOCKET} and {@code WATCHDOG_USEC} say. */
  static ServiceManager of(Map<String, String> environment, EventLoopGroup loop) {
    String path = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (!path.startsWith("/") && !path.startsWith("@")) {
      return new ServiceManager(Optional.empty(), false, false);
    }
    // In the abstract namespace a name begins with a null byte (unix(7)).
    String name = path.startsWith("@") ? '\0' + path.substring(1) : path;
    ChannelFuture opened =
        new Bootstrap()
            .group(loop)
            .channel(EpollDomainDatagramChannel.class)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(new DomainSocketAddress(name))
            .awaitUninterruptibly();
    return new ServiceManager(
        opened.isSuccess() ? Optional.of(opened.channel()) : Optional.empty(),
        watchdog(environment),
        Predecessor.waiting(environment).isEmpty());
  }

  void ready(String status) {
    heard = true;
    send("READY=1\nSTATUS=" + status);
  }

  /** Until {@link #ready} is told again; with the time, as sd_notify(3) asks. */
  void reloading() {
    send("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000);
  }

  /**
   * The daemon ends, within that time at most, however short the patience is that the unit has.
   * systemd believes it for a stop that is under way (EXTEND_TIMEOUT_USEC).
   */
  void stopping(Duration longest, String status) {
    send(
        "STOPPING=1\nEXTEND_TIMEOUT_USEC=%d\nSTATUS=%s"
            .formatted(TimeUnit.NANOSECONDS.toMicros(longest.toNanos()), status));
  }

  /**
   * From now on the service is that process; this one is not heard any more (sd_notify(3),
   * MAINPID).
   */
  void succeededBy(long pid) {
    send("MAINPID=" + pid);
    close();
  }

  void status(String status) {
    send("STATUS=" + status);
  }

  void alive() {
    send("WATCHDOG=1");
  }

  /** Whether signs of life are expected. */
  boolean watchdog() {
    return watchdog;
  }

  @Override
  public void close() {
    channel.ifPresent(open -> open.close().awaitUninterruptibly(1, TimeUnit.SECONDS));
  }

  private void send(String message) {
    channel
        .filter(_ -> heard)
        .ifPresent(
            open -> open.writeAndFlush(Unpooled.copiedBuffer(message, StandardCharsets.UTF_8)));
  }

  private static boolean watchdog(Map<String, String> environment) {
    String pid = environment.getOrDefault("WATCHDOG_PID", "");
    boolean mine = pid.isEmpty() || pid.equals(String.valueOf(ProcessHandle.current().pid()));
    return mine && environment.getOrDefault("WATCHDOG_USEC", "").matches("[1-9]\\d*");
  }
}
