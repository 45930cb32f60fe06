package io.trunkline.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.Future;
import io.trunkline.config.HostPort;
import io.trunkline.config.HostResolver;
import io.trunkline.config.TcpConfig;
import io.trunkline.proxy.ProxyFixture;
import io.trunkline.proxy.ProxyTestCase;
import io.trunkline.proxy.relay.Descriptors;
import io.trunkline.proxy.relay.RelayMemory;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A socket that could not be connected is closed: epoll reports it again and again otherwise. */
@Timeout(30)
class DialerTest extends ProxyTestCase {
  private final EventLoopGroup loops =
      using(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()));

  @Test
  void whoeverRefusesLeavesNoSocketBehind() throws Exception {
    assertClosedAfter(new HostPort("127.0.0.1", 1));
  }

  /** connect(2) itself fails: as when there are no ports left. */
  @Test
  void whoeverCannotEvenBeAskedLeavesNoSocketBehind() throws Exception {
    assertClosedAfter(new HostPort("255.255.255.255", 5432));
  }

  @Test
  void anOptionThatTheKernelRefusesIsTold() throws Exception {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.tcp =
        new TcpConfig(Duration.ofSeconds(10), Duration.ofSeconds(5), 1_000, Duration.ofSeconds(20));
    Throwable cause =
        causeOfFailure(settings, new HostPort("127.0.0.1", 1), new ChannelInboundHandlerAdapter());
    assertThat(cause).isInstanceOf(ChannelException.class);
  }

  private void assertClosedAfter(HostPort host) throws Exception {
    CompletableFuture<Channel> dialled = new CompletableFuture<>();
    ChannelHandler handler =
        new ChannelInboundHandlerAdapter() {
          @Override
          public void handlerAdded(ChannelHandlerContext ctx) {
            ctx.channel().closeFuture().addListener(_ -> dialled.complete(ctx.channel()));
          }
        };
    assertThat(causeOfFailure(new ProxyFixture.Settings(), host, handler))
        .isInstanceOf(IOException.class);
    assertThat(dialled.get(10, TimeUnit.SECONDS).isOpen()).isFalse();
  }

  private Throwable causeOfFailure(
      ProxyFixture.Settings settings, HostPort host, ChannelHandler handler) throws Exception {
    Dialer dialer =
        new Dialer(
            ProxyFixture.listener(settings, "write"),
            new HostResolver(() -> Instant.EPOCH),
            new Descriptors(1_000),
            new RelayMemory(64L << 20));
    EventLoop loop = loops.next();
    Future<Channel> result =
        loop.submit(() -> dialer.dial(host, loop, handler)).get(10, TimeUnit.SECONDS);
    assertThat(result.await(10, TimeUnit.SECONDS)).isTrue();
    return result.cause();
  }
}
