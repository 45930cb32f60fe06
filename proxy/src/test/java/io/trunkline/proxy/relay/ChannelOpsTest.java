package io.trunkline.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.trunkline.proxy.ProxyTestCase;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A file descriptor is not free for the next connection while epoll's last events are handed out.
 */
@Timeout(30)
class ChannelOpsTest extends ProxyTestCase {
  private final EventLoopGroup loops =
      using(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()));

  @Test
  void aClosedConnectionKeepsItsDescriptorForThisRound() throws Exception {
    assertOpenUntilTheRoundIsOver(ChannelOps::close);
  }

  @Test
  void anAbortedConnectionKeepsItsDescriptorForThisRound() throws Exception {
    assertOpenUntilTheRoundIsOver(ChannelOps::abort);
  }

  private void assertOpenUntilTheRoundIsOver(Consumer<Channel> end) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Channel channel =
          new Bootstrap()
              .group(loops)
              .channel(EpollSocketChannel.class)
              .handler(new ChannelInboundHandlerAdapter())
              .connect(server.getLocalSocketAddress())
              .sync()
              .channel();
      boolean stillOpen =
          channel
              .eventLoop()
              .submit(
                  () -> {
                    end.accept(channel);
                    return channel.isOpen();
                  })
              .get(10, TimeUnit.SECONDS);
      assertThat(stillOpen).isTrue();
      assertThat(channel.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
