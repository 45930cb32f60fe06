package io.trunkline.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.trunkline.proxy.ProxyTestCase;
import io.trunkline.testing.Await;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SessionIoTest extends ProxyTestCase {
  private static final int LONG = 16 << 20;
  private static final int SHORT = 1 << 20;

  @Test
  void whoHasSentFinGetsAll() throws Exception {
    assertThat(receivedAfterFin(new SessionIo.Factory())).isEqualTo(LONG);
  }

  /** When this fails Netty has been mended, and SessionIo need not keep connections in epoll. */
  @Test
  void withNettyAloneItDoesNot() throws Exception {
    assertThat(receivedAfterFin(EpollIoHandler.newFactory())).isLessThan(LONG);
  }

  @Test
  void aFinIsNoReasonToReadOn() throws Exception {
    assertThat(readUnwanted(new SessionIo.Factory())).isLessThanOrEqualTo(64 * 1024);
  }

  /** When this fails Netty has been mended, and SessionIo need not hide EPOLLRDHUP from it. */
  @Test
  void withNettyAloneItIs() throws Exception {
    assertThat(readUnwanted(EpollIoHandler.newFactory())).isEqualTo(SHORT);
  }

  @Test
  void whatIsUrgentRunsBeforeTheNextEvent() throws Exception {
    SessionIo.Factory io = new SessionIo.Factory();
    EventLoopGroup group = group(io);
    EventLoop loop = group.next();
    List<String> order = new CopyOnWriteArrayList<>();
    CountDownLatch connected = new CountDownLatch(2);
    CompletableFuture<Void> sent = new CompletableFuture<>();
    Channel server =
        serve(
            group,
            new Sharable() {
              @Override
              public void channelActive(ChannelHandlerContext ctx) {
                connected.countDown();
              }

              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                ((ByteBuf) message).release();
                order.add("read");
                if (order.size() == 1) {
                  io.of(loop).execute(() -> order.add("urgent"));
                }
              }
            });
    try (Socket one = new Socket();
        Socket other = new Socket()) {
      one.connect(server.localAddress());
      other.connect(server.localAddress());
      connected.await();
      loop.execute(sent::join);
      one.getOutputStream().write(1);
      other.getOutputStream().write(1);
      sent.complete(null);
      Await.until(() -> order.size() == 3);
      assertThat(order).containsExactly("read", "urgent", "read");
    }
  }

  @ChannelHandler.Sharable
  private abstract static class Sharable extends ChannelInboundHandlerAdapter {}

  /** How much a client gets that has sent FIN before it reads. */
  private long receivedAfterFin(IoHandlerFactory io) throws Exception {
    Channel server =
        serve(
            group(io),
            new Sharable() {
              @Override
              public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                if (event == ChannelInputShutdownEvent.INSTANCE) {
                  // Once nothing is awaited of the connection any more.
                  ctx.executor()
                      .schedule(
                          () ->
                              ctx.writeAndFlush(ctx.alloc().directBuffer(LONG).writeZero(LONG))
                                  .addListener(_ -> ctx.close()),
                          200,
                          TimeUnit.MILLISECONDS);
                }
              }
            });
    try (Socket client = new Socket()) {
      client.setReceiveBufferSize(16 * 1024);
      client.setSoTimeout(20_000);
      client.connect(server.localAddress());
      client.shutdownOutput();
      Thread.sleep(400);
      return client.getInputStream().transferTo(OutputStream.nullOutputStream());
    }
  }

  /** How much is read of a client that has sent all and FIN, while it is not to be read. */
  private long readUnwanted(IoHandlerFactory io) throws Exception {
    AtomicLong read = new AtomicLong();
    CompletableFuture<Channel> paused = new CompletableFuture<>();
    Channel server =
        serve(
            group(io),
            new Sharable() {
              @Override
              public void channelActive(ChannelHandlerContext ctx) {
                ctx.channel().config().setAutoRead(false);
                paused.complete(ctx.channel());
              }

              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                read.addAndGet(((ByteBuf) message).readableBytes());
                ((ByteBuf) message).release();
              }
            });
    try (Socket client = new Socket()) {
      client.connect(server.localAddress());
      Channel channel = paused.get(10, TimeUnit.SECONDS);
      client.setSoTimeout(20_000);
      client.getOutputStream().write(new byte[SHORT]);
      client.shutdownOutput();
      Thread.sleep(400);
      channel.eventLoop().submit(() -> {}).get(10, TimeUnit.SECONDS);
      return read.get();
    }
  }

  private EventLoopGroup group(IoHandlerFactory io) {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, io);
    using(() -> group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly());
    return group;
  }

  private static Channel serve(EventLoopGroup group, ChannelInboundHandlerAdapter handler) {
    return new ServerBootstrap()
        .group(group)
        .channel(EpollServerSocketChannel.class)
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childOption(ChannelOption.SO_RCVBUF, 4 << 20)
        .childHandler(handler)
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .syncUninterruptibly()
        .channel();
  }
}
