package io.trunkline.packaging.daemon;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Tells systemd how the daemon fares (sd_notify(3)); does nothing where nobody listens. */
final class ServiceManager implements AutoCloseable {
  private final Optional<Channel> channel;
  private final Optional<Duration> watchdog;

  private ServiceManager(Optional<Channel> channel, Optional<Duration> watchdog) {
    this.channel = channel;
    this.watchdog = watchdog;
  }

  /** As {@code NOTIFY_SOCKET} and {@code WATCHDOG_USEC} say. */
  static ServiceManager of(Map<String, String> environment, EventLoopGroup loop) {
    String path = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (!path.startsWith("/") && !path.startsWith("@")) {
      return new ServiceManager(Optional.empty(), Optional.empty());
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
        watchdog(environment));
  }

  void ready(String status) {
    send("READY=1\nSTATUS=" + status);
  }

  /** Until {@link #ready} is told again; with the time, as sd_notify(3) asks. */
  void reloading() {
    send("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000);
  }

  void stopping(String status) {
    send("STOPPING=1\nSTATUS=" + status);
  }

  void status(String status) {
    send("STATUS=" + status);
  }

  void alive() {
    send("WATCHDOG=1");
  }

  /** Within what time the next sign of life is due; empty when none is. */
  Optional<Duration> watchdog() {
    return watchdog;
  }

  @Override
  public void close() {
    channel.ifPresent(open -> open.close().awaitUninterruptibly(1, TimeUnit.SECONDS));
  }

  private void send(String message) {
    channel.ifPresent(
        open -> open.writeAndFlush(Unpooled.copiedBuffer(message, StandardCharsets.UTF_8)));
  }

  private static Optional<Duration> watchdog(Map<String, String> environment) {
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    String pid = environment.getOrDefault("WATCHDOG_PID", "");
    boolean mine = pid.isEmpty() || pid.equals(String.valueOf(ProcessHandle.current().pid()));
    return mine && micros.matches("[1-9]\\d{0,15}")
        ? Optional.of(Duration.ofNanos(Long.parseLong(micros) * 1000))
        : Optional.empty();
  }
}
