package io.trunkline.pgwire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Cuts what PostgreSQL says into messages: a type byte, a length that includes itself, a body. The
 * answer to an SSLRequest is one byte without a frame.
 */
public final class BackendMessageDecoder extends ByteToMessageDecoder {
  /** Far more than any message that is asked for. */
  public static final int MAX_LENGTH = 64 * 1024;

  /** Messages between two questions, such as notices; more than that is no conversation. */
  public static final int MAX_MESSAGES = 1000;

  private static final int HEADER = 5;

  private final Taker taker;
  private boolean tlsAnswerDue;
  private int messages;

  public BackendMessageDecoder(Taker taker) {
    this.taker = taker;
  }

  /** Takes messages. */
  public interface Taker {

    /** The answer to an SSLRequest. */
    void tlsAnswer(ChannelHandlerContext ctx, byte answer) throws ProtocolError;

    /** One message; its body is readable only now. */
    void message(ChannelHandlerContext ctx, byte type, ByteBuf body) throws ProtocolError;

    /** It does not speak the protocol. */
    void junk(String reason);
  }

  /** What comes next answers an SSLRequest. */
  public void expectTlsAnswer() {
    tlsAnswerDue = true;
  }

  /** A question is asked: the count of messages begins anew. */
  public void asked() {
    messages = 0;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    try {
      if (tlsAnswerDue) {
        tlsAnswer(ctx, in);
      } else {
        frame(ctx, in);
      }
    } catch (ProtocolError e) {
      in.skipBytes(in.readableBytes());
      taker.junk(String.valueOf(e.getMessage()));
    }
  }

  /** Bytes beside a yes came from somebody who could not wait for TLS (CVE-2021-23222). */
  private void tlsAnswer(ChannelHandlerContext ctx, ByteBuf in) throws ProtocolError {
    byte answer = in.readByte();
    if (in.isReadable()) {
      throw new ProtocolError("plaintext follows the answer to SSLRequest");
    }
    tlsAnswerDue = false;
    taker.tlsAnswer(ctx, answer);
  }

  private void frame(ChannelHandlerContext ctx, ByteBuf in) throws ProtocolError {
    if (in.readableBytes() < HEADER) {
      return;
    }
    int length = in.getInt(in.readerIndex() + 1);
    if (length < 4 || length > MAX_LENGTH) {
      throw new ProtocolError("a message of " + (length & 0xFFFF_FFFFL) + " bytes");
    }
    if (in.readableBytes() < 1 + length) {
      return;
    }
    messages++;
    if (messages > MAX_MESSAGES) {
      throw new ProtocolError("more than " + MAX_MESSAGES + " messages without an answer");
    }
    byte type = in.readByte();
    ByteBuf body = in.skipBytes(4).readSlice(length - 4);
    try {
      taker.message(ctx, type, body);
    } catch (IndexOutOfBoundsException e) {
      throw new ProtocolError("a message " + (char) type + " that ends too early");
    }
  }
}
