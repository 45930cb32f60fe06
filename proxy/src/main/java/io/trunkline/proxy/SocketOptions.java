package io.trunkline.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannelConfig;
import io.trunkline.config.TcpConfig;
import java.time.Duration;

/** The options of both sides' sockets. */
final class SocketOptions {
  private static final int READ_SIZE = 128 * 1024;

  /** A peer that has this much unsent stops the reading of the other side. */
  private static final WriteBufferWaterMark BACKPRESSURE =
      new WriteBufferWaterMark(256 * 1024, 512 * 1024);

  /** An unsent buffer counts with the memory it holds, however few bytes of it are left. */
  private static final MessageSizeEstimator PINNED_MEMORY =
      () -> message -> message instanceof ByteBuf bytes ? bytes.capacity() : Long.BYTES;

  private static final RecvByteBufAllocator READS = new FixedRecvByteBufAllocator(READ_SIZE);

  private SocketOptions() {}

  /** What every client of a listener has alike, for as long as it is bound. */
  static void clients(ServerBootstrap bootstrap) {
    bootstrap
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, BACKPRESSURE)
        .childOption(ChannelOption.RECVBUF_ALLOCATOR, READS)
        .childOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, PINNED_MEMORY)
        .childOption(ChannelOption.SO_KEEPALIVE, true);
  }

  /** What is configured for a client. */
  static void client(Channel client, TcpConfig tcp) {
    EpollSocketChannelConfig config = (EpollSocketChannelConfig) client.config();
    config
        .setTcpKeepIdle(seconds(tcp.keepaliveIdle()))
        .setTcpKeepIntvl(seconds(tcp.keepaliveInterval()))
        .setTcpKeepCnt(tcp.keepaliveCount())
        .setTcpUserTimeout(millis(tcp.userTimeout()));
  }

  static void backend(Bootstrap bootstrap, TcpConfig tcp, Duration connectTimeout) {
    bootstrap
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis(connectTimeout))
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, BACKPRESSURE)
        .option(ChannelOption.RECVBUF_ALLOCATOR, READS)
        .option(ChannelOption.MESSAGE_SIZE_ESTIMATOR, PINNED_MEMORY)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(EpollChannelOption.TCP_KEEPIDLE, seconds(tcp.keepaliveIdle()))
        .option(EpollChannelOption.TCP_KEEPINTVL, seconds(tcp.keepaliveInterval()))
        .option(EpollChannelOption.TCP_KEEPCNT, tcp.keepaliveCount())
        .option(EpollChannelOption.TCP_USER_TIMEOUT, millis(tcp.userTimeout()));
  }

  private static int seconds(Duration duration) {
    return Math.max(1, Math.toIntExact(duration.toSeconds()));
  }

  private static int millis(Duration duration) {
    return Math.toIntExact(duration.toMillis());
  }
}
