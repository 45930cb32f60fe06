package io.trunkline.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;

/** Single bytes and the ways to end a connection. */
final class Wire {
  private static final ByteBuf SSL_REQUEST =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer(8).writeInt(8).writeInt(80_877_103).asReadOnly());

  private Wire() {}

  /** The packet that asks for TLS. */
  static ByteBuf sslRequest() {
    return SSL_REQUEST.duplicate();
  }

  static ByteBuf oneByte(char value) {
    return Unpooled.wrappedBuffer(new byte[] {(byte) value});
  }

  /** Sends what is pending, then FIN. */
  static ChannelFuture finish(Channel channel) {
    return channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            _ -> {
              if (channel.isActive()) {
                ((DuplexChannel) channel).shutdownOutput();
              }
            });
  }

  /** Closes with a reset, so that the peer stops at once and no TIME_WAIT is left here. */
  static void abort(Channel channel) {
    if (channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.close();
    }
  }
}
