package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.trunkline.pgwire.ErrorResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a member says until it is ready for the first query. It is held back until it is known
 * whether the client should have it: as long as the client has seen nothing of a member, another
 * can take its place (PostgreSQL docs: "Message Flow", "Start-up").
 */
final class StartupGate {
  private static final int HEADER = 1 + Integer.BYTES;
  private static final int AUTHENTICATION_OK = 0;
  private static final int AUTHENTICATION_SASL = 10;
  private static final String SCRAM_PLUS = "SCRAM-SHA-256-PLUS";

  /** Parameters and notices; a member that says more is listened to no longer. */
  private static final int LONGEST = 64 * 1024;

  private final boolean wantsPrimary;
  private final boolean withoutChannelBinding;
  private final ByteBuf held;
  private int read;
  private boolean ready;

  /** What to do with what the member has said so far. */
  enum Verdict {
    /** Nothing yet. */
    WAIT,
    /** The client has to see what has been judged so far, and answer it. */
    ASK_CLIENT,
    /** The client gets it all: the session has begun, or ends with an error of the member's. */
    LET_THROUGH,
    /** The member is a standby and a primary is wanted. */
    STANDBY,
    /** The member does not accept connections now (57P03). */
    NOT_ACCEPTING
  }

  /**
   * @param allocator for what is held back
   * @param wantsPrimary a standby will not do
   * @param withoutChannelBinding the TLS of the client is not that of the member, so SCRAM must not
   *     be bound to it
   */
  StartupGate(ByteBufAllocator allocator, boolean wantsPrimary, boolean withoutChannelBinding) {
    this.held = allocator.buffer();
    this.wantsPrimary = wantsPrimary;
    this.withoutChannelBinding = withoutChannelBinding;
  }

  /** Takes what the member has said. */
  void hear(ByteBuf bytes) {
    held.writeBytes(bytes);
    bytes.release();
  }

  /** Whether the member has let the client in (ReadyForQuery). */
  boolean ready() {
    return ready;
  }

  /** What the client gets now; owned by the caller. */
  ByteBuf take() {
    ByteBuf taken = held.readBytes(read);
    held.discardReadBytes();
    read = 0;
    return taken;
  }

  /** All that was heard and not taken; owned by the caller. */
  ByteBuf takeAll() {
    read = held.readableBytes();
    return take();
  }

  /** Nobody gets the rest. */
  void release() {
    held.release();
  }

  /** What to do with what has been heard. */
  Verdict judge() {
    while (held.readableBytes() - read >= HEADER) {
      int at = held.readerIndex() + read;
      int length = held.getInt(at + 1);
      if (length < Integer.BYTES || length > LONGEST - read) {
        return letThrough();
      }
      if (held.readableBytes() - read < 1 + length) {
        break;
      }
      Verdict verdict = judge(at, length);
      if (verdict != Verdict.WAIT) {
        return verdict;
      }
    }
    return Verdict.WAIT;
  }

  private Verdict letThrough() {
    read = held.readableBytes();
    return Verdict.LET_THROUGH;
  }

  private Verdict judge(int at, int length) {
    ByteBuf body = held.slice(at + HEADER, length - Integer.BYTES);
    return switch (held.getByte(at)) {
      case 'R' -> authentication(at, body);
      case 'S' -> pass(length, wantsPrimary && isStandby(body) ? Verdict.STANDBY : Verdict.WAIT);
      case 'E' -> isNotAccepting(body) ? Verdict.NOT_ACCEPTING : letThrough();
      case 'Z' -> {
        ready = true;
        yield letThrough();
      }
      default -> pass(length, Verdict.WAIT);
    };
  }

  private Verdict pass(int length, Verdict verdict) {
    read += 1 + length;
    return verdict;
  }

  private Verdict authentication(int at, ByteBuf body) {
    int code = body.isReadable(Integer.BYTES) ? body.getInt(0) : AUTHENTICATION_OK;
    if (code == AUTHENTICATION_SASL && withoutChannelBinding) {
      dropChannelBinding(at, body);
    }
    return pass(held.getInt(at + 1), code == AUTHENTICATION_OK ? Verdict.WAIT : Verdict.ASK_CLIENT);
  }

  private static boolean isNotAccepting(ByteBuf error) {
    return ErrorResponse.field(error, 'C').filter("57P03"::equals).isPresent();
  }

  private static boolean isStandby(ByteBuf parameter) {
    return parameter.toString(StandardCharsets.UTF_8).equals("in_hot_standby\0on\0");
  }

  /** Rewrites AuthenticationSASL so that it does not offer what would be bound to our own TLS. */
  private void dropChannelBinding(int at, ByteBuf body) {
    List<String> mechanisms = new ArrayList<>();
    int from = Integer.BYTES;
    while (from < body.readableBytes()) {
      int end = body.indexOf(from, body.readableBytes(), (byte) 0);
      if (end <= from) {
        break;
      }
      mechanisms.add(body.toString(from, end - from, StandardCharsets.US_ASCII));
      from = end + 1;
    }
    if (!mechanisms.removeIf(SCRAM_PLUS::equals)) {
      return;
    }
    StringBuilder list = new StringBuilder();
    mechanisms.forEach(mechanism -> list.append(mechanism).append('\0'));
    byte[] offered = list.append('\0').toString().getBytes(StandardCharsets.US_ASCII);
    int oldEnd = at + HEADER + body.readableBytes();
    byte[] after = new byte[held.writerIndex() - oldEnd];
    held.getBytes(oldEnd, after);
    held.setInt(at + 1, Integer.BYTES + Integer.BYTES + offered.length);
    held.writerIndex(at + HEADER + Integer.BYTES);
    held.writeBytes(offered).writeBytes(after);
  }
}
