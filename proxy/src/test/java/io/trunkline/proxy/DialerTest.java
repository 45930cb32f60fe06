package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.Future;
import io.trunkline.config.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A socket that could not be connected is closed: epoll reports it again and again otherwise. */
@Timeout(30)
class DialerTest {
  @Test
  void whoeverRefusesLeavesNoSocketBehind() throws Exception {
    int port;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = gone.getLocalPort();
    }
    assertClosedAfter(new HostPort("127.0.0.1", port));
  }

  /** connect(2) itself fails: as when there are no ports left. */
  @Test
  void whoeverCannotEvenBeAskedLeavesNoSocketBehind() throws Exception {
    assertClosedAfter(new HostPort("255.255.255.255", 5432));
  }

  private static void assertClosedAfter(HostPort host) throws Exception {
    Dialer dialer =
        new Dialer(
            ProxyFixture.listener(new ProxyFixture.Settings(), "write"),
            new MemberAddresses(() -> Instant.EPOCH));
    CompletableFuture<Channel> dialled = new CompletableFuture<>();
    try (EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory())) {
      EventLoop loop = group.next();
      Future<Future<Channel>> dialling =
          loop.submit(
              () ->
                  dialer.dial(
                      host,
                      loop,
                      new ChannelInboundHandlerAdapter() {
                        @Override
                        public void handlerAdded(ChannelHandlerContext ctx) {
                          dialled.complete(ctx.channel());
                        }
                      }));
      Future<Channel> result = dialling.get(10, TimeUnit.SECONDS);
      assertThat(result.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(result.cause()).isInstanceOf(IOException.class);
      assertThat(dialled.get().closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
