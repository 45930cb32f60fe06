package io.trunkline.proxy.relay;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.epoll.EpollSocketChannelConfig;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.trunkline.config.TcpConfig;
import java.time.Duration;
import java.util.Map;

/**
 * The options of both sides' sockets. Netty sets TCP_NODELAY on every socket itself. What is set on
 * a listening socket its clients inherit (tcp(7)), which saves five system calls for each.
 */
public final class SocketOptions {
  private static final int SOL_SOCKET = 1;
  private static final int IPPROTO_TCP = 6;
  private static final ChannelOption<Integer> KEEPALIVE =
      new IntegerUnixChannelOption("SO_KEEPALIVE", SOL_SOCKET, 9);
  private static final ChannelOption<Integer> KEEPIDLE =
      new IntegerUnixChannelOption("TCP_KEEPIDLE", IPPROTO_TCP, 4);
  private static final ChannelOption<Integer> KEEPINTVL =
      new IntegerUnixChannelOption("TCP_KEEPINTVL", IPPROTO_TCP, 5);
  private static final ChannelOption<Integer> KEEPCNT =
      new IntegerUnixChannelOption("TCP_KEEPCNT", IPPROTO_TCP, 6);
  private static final ChannelOption<Integer> USER_TIMEOUT =
      new IntegerUnixChannelOption("TCP_USER_TIMEOUT", IPPROTO_TCP, 18);

  /** An unsent buffer counts with the memory it holds, however few bytes of it are left. */
  private static final MessageSizeEstimator PINNED_MEMORY =
      () -> message -> message instanceof ByteBuf bytes ? bytes.capacity() : Long.BYTES;

  private final Duration connectTimeout;
  private final Map<ChannelOption<Integer>, Integer> tcp;
  private final RelayMemory memory;

  private SocketOptions(
      Duration connectTimeout, Map<ChannelOption<Integer>, Integer> tcp, RelayMemory memory) {
    this.memory = memory;
    this.connectTimeout = connectTimeout;
    this.tcp = tcp;
  }

  /** What every client of a listener has alike, for as long as it is bound. */
  public static void clients(ServerBootstrap bootstrap, RelayMemory memory) {
    bootstrap
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, RelayMemory.highest())
        .childOption(ChannelOption.RECVBUF_ALLOCATOR, memory.buffers())
        .childOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, PINNED_MEMORY);
  }

  /** What the clients inherit that come in from now on. */
  public static void inherited(Channel listening, TcpConfig tcp) {
    tcp(tcp).forEach((option, value) -> listening.config().setOption(option, value));
  }

  /**
   * Lets the kernel send what is left, and the end, also when the local address of the connection
   * is not this machine's any more (IP_TRANSPARENT, ip(7)): otherwise a client that has nothing to
   * send itself would wait for ever. Where the process may not do that, which only one without VIPs
   * may not, nothing changes.
   */
  public static void outliveAddress(Channel client) {
    if (client.config() instanceof EpollSocketChannelConfig config && client.isOpen()) {
      try {
        config.setIpTransparent(true);
      } catch (ChannelException e) {
        // The connection may have been closed meanwhile, too.
      }
    }
  }

  /** Those of connections to members. */
  public static SocketOptions backend(TcpConfig tcp, Duration connectTimeout, RelayMemory memory) {
    return new SocketOptions(connectTimeout, tcp(tcp), memory);
  }

  /** Before it is connected. */
  public void set(ChannelConfig config) {
    config.setConnectTimeoutMillis(millis(connectTimeout));
    config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    config.setWriteBufferWaterMark(RelayMemory.highest());
    config.setRecvByteBufAllocator(memory.buffers());
    config.setMessageSizeEstimator(PINNED_MEMORY);
    tcp.forEach(config::setOption);
  }

  private static Map<ChannelOption<Integer>, Integer> tcp(TcpConfig tcp) {
    return Map.of(
        KEEPALIVE, 1,
        KEEPIDLE, seconds(tcp.keepaliveIdle()),
        KEEPINTVL, seconds(tcp.keepaliveInterval()),
        KEEPCNT, tcp.keepaliveCount(),
        USER_TIMEOUT, millis(tcp.userTimeout()));
  }

  private static int seconds(Duration duration) {
    return Math.max(1, Math.toIntExact(duration.toSeconds()));
  }

  private static int millis(Duration duration) {
    return Math.toIntExact(duration.toMillis());
  }
}
