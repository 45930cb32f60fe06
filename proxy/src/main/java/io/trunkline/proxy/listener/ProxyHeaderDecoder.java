package io.trunkline.proxy.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import java.nio.charset.StandardCharsets;

/**
 * Reads a PROXY protocol header of version 1 or 2 and nothing after it (HAProxy's {@code
 * doc/proxy-protocol.txt}). What cannot become a header is refused at its first wrong byte: a
 * PostgreSQL client whose first packet is shorter than any header would otherwise wait in vain.
 */
final class ProxyHeaderDecoder extends HAProxyMessageDecoder {
  /** Balancers send some hundred bytes of these; the protocol would allow 64 kB. */
  private static final int MOST_TLV_BYTES = 4096;

  private static final byte[] VERSION_1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] VERSION_2 =
      "\r\n\r\n\0\r\nQUIT\n".getBytes(StandardCharsets.US_ASCII);

  private byte[] signature = VERSION_2;
  private int matched;

  ProxyHeaderDecoder() {
    super(MOST_TLV_BYTES);
  }

  /** Whether a byte has come. */
  boolean begun() {
    return matched > 0;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    ByteBuf bytes = (ByteBuf) message;
    if (begins(bytes)) {
      super.channelRead(ctx, bytes);
    } else {
      bytes.release();
      throw new HAProxyProtocolException("it does not begin with a PROXY protocol header");
    }
  }

  private boolean begins(ByteBuf bytes) {
    for (int at = bytes.readerIndex(); at < bytes.writerIndex(); at++) {
      byte next = bytes.getByte(at);
      if (matched == 0 && next == VERSION_1[0]) {
        signature = VERSION_1;
      }
      if (matched >= signature.length) {
        return true;
      }
      if (next != signature[matched]) {
        return false;
      }
      matched++;
    }
    return true;
  }
}
