package io.trunkline.proxy.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** What is written to a connection, and the ways to end one. */
public final class ChannelOps {
  /** Bytes. As much is written on before more is read: then its buffer can be used again. */
  private static final int LARGE = ReadBuffer.SIZE / 4;

  private ChannelOps() {}

  /** The address of this node that the client has connected to. */
  public static InetAddress localAddress(Channel client) {
    return ((InetSocketAddress) client.localAddress()).getAddress();
  }

  /** Comes to be written when all before it has been. */
  public static ByteBuf nothing() {
    return Unpooled.EMPTY_BUFFER;
  }

  /**
   * Writes what was read on the other side, for the next flush; at once if it is a large piece, or
   * if much waits.
   *
   * @return whether there may be more
   */
  public static boolean relay(Channel channel, ByteBuf bytes) {
    boolean large = bytes.readableBytes() >= LARGE;
    channel.write(bytes, channel.voidPromise());
    if (large || !channel.isWritable()) {
      channel.flush();
    }
    return channel.isWritable();
  }

  /** An answer to a request for encryption. */
  public static ByteBuf oneByte(char value) {
    return Unpooled.wrappedBuffer(new byte[] {(byte) value});
  }

  /** Bytes of memory that hold what was written and has not been sent yet. */
  public static long pending(Channel channel) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  /** Sends what is pending, then the end of TLS where there is TLS, then FIN. */
  public static Future<?> finish(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    ChannelFuture sent = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
    ChannelFuture last = tls == null ? sent : tls.closeOutbound();
    return last.addListener(
        _ -> {
          if (channel.isActive()) {
            ((DuplexChannel) channel).shutdownOutput();
          }
        });
  }

  /**
   * Closes once this round of the event loop is over. A connection that is closed by what happens
   * on another one must not go before: the next to be opened would get its file descriptor, and
   * with it the event that epoll may have reported for the old one in the same round.
   */
  public static void close(Channel channel) {
    channel.eventLoop().execute(channel::close);
  }

  /** The same with a reset, so that the peer stops at once and no TIME_WAIT is left here. */
  public static void abort(Channel channel) {
    channel
        .eventLoop()
        .execute(
            () -> {
              if (channel.isOpen()) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
                channel.close();
              }
            });
  }
}
