package io.trunkline.daemon.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.trunkline.config.HostPort;
import io.trunkline.proxy.listener.InheritedSockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class HandoverChannelTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private HandoverChannel old;
  private HandoverChannel next;

  @BeforeEach
  void meet(@TempDir Path directory) throws IOException {
    Path path = directory.resolve("meeting");
    HandoverChannel.Initializer initializer = new HandoverChannel.Initializer();
    new ServerBootstrap()
        .group(loop)
        .channel(EpollServerDomainSocketChannel.class)
        .childHandler(initializer)
        .bind(new DomainSocketAddress(path.toFile()))
        .syncUninterruptibly();
    next = HandoverChannel.connect(path, loop);
    old = initializer.first().join();
  }

  @AfterEach
  void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** A server whose clients read its name. */
  private static ServerBootstrap server(EventLoopGroup loop, String name) {
    return new ServerBootstrap()
        .group(loop)
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel client) {
                client.pipeline().addLast(new Greeter(name));
              }
            });
  }

  private static final class Greeter extends ChannelInboundHandlerAdapter {
    private final String name;

    Greeter(String name) {
      this.name = name;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.writeAndFlush(Unpooled.copiedBuffer(name, StandardCharsets.US_ASCII));
      context.close();
    }
  }

  @Test
  void linesComeInOrderAndTheOtherProcessIsKnown() throws IOException {
    old.send("sockets [1]");
    old.send("main");
    assertThat(next.receive("sockets", SOON)).isEqualTo("[1]");
    assertThat(next.receive("main", SOON)).isEmpty();
    assertThat(next.peer()).isEqualTo(ProcessHandle.current().pid());
  }

  @Test
  void whatIsNotExpectedIsSaid() {
    old.send("mainly");
    assertThatThrownBy(() -> next.receive("main", SOON))
        .hasMessage("the other process said mainly instead of main");
    assertThatThrownBy(() -> next.receive("main", Duration.ofMillis(10)))
        .hasMessage("the other process said nothing for 0 s");
    old.close();
    assertThatThrownBy(() -> next.receive("main", SOON))
        .hasMessage("the other process went away instead of saying main");
  }

  @Test
  void clientsThatWaitWhileASocketIsPassedOnAreServed() throws Exception {
    Channel listening =
        server(loop, "old")
            .channel(EpollServerSocketChannel.class)
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
    InetSocketAddress address = (InetSocketAddress) listening.localAddress();
    listening.config().setAutoRead(false);
    listening.eventLoop().submit(() -> {}).sync();

    try (Socket waiting = new Socket(address.getAddress(), address.getPort())) {
      CompletableFuture<List<FileDescriptor>> passed =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return next.receiveSockets(1, "send", SOON);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      old.receive("send", SOON);
      old.send(List.of(((EpollServerSocketChannel) listening).fd()));
      HostPort bound = new HostPort("127.0.0.1", address.getPort());
      try (InheritedSockets left = new InheritedSockets(Map.of(bound, passed.join().getFirst()))) {
        Channel inherited = left.open(server(loop, "new"), bound).syncUninterruptibly().channel();
        listening.close().sync();
        assertThat(new String(waiting.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
            .isIn("old", "new");
        try (Socket later = new Socket(address.getAddress(), address.getPort())) {
          assertThat(new String(later.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
              .isEqualTo("new");
        }
        assertThat(inherited.localAddress()).isEqualTo(address);
      }
      old.send("main");
      assertThat(next.receive("main", SOON)).as("text again").isEmpty();
    }
  }
}
