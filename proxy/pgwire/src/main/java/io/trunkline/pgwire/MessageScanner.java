package io.trunkline.pgwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Follows the messages of one direction while their bytes pass by: type (1 byte), length (4 bytes,
 * includes itself), body (PostgreSQL docs: "Message Formats"). Nothing is copied but headers and
 * wanted beginnings of bodies that are split between two reads.
 */
abstract class MessageScanner {
  private static final int HEADER = 1 + Integer.BYTES;

  /** Bytes that are taken at first for a beginning that is not whole. */
  private static final int SMALLEST = 256;

  /** Bytes. A longer message is not waited for. */
  private static final int LONGEST_WHOLE = 16 * 1024;

  private int left;
  private byte type;
  private int body;
  private byte @Nullable [] partial;
  private int needed;
  private int have;
  private boolean broken;

  /** Whether messages of that type mean anything here; all others are passed over unread. */
  abstract boolean heeds(byte type);

  /** How many of the first bytes of that message's body are wanted, at most {@code body}. */
  abstract int wanted(byte type, int body);

  /** Whether messages of that type are looked at before they pass; they must be heeded, too. */
  boolean looksAhead(byte type) {
    return false;
  }

  /** Whether that message, which is whole and begins at that index, may pass. */
  boolean passes(byte type, ByteBuf bytes, int index, int body) {
    return true;
  }

  /** A message has begun; its first wanted bytes are at that index. */
  abstract void message(byte type, int body, ByteBuf bytes, int index);

  /**
   * Follows those bytes; their indexes stay.
   *
   * @return where it has stopped: at a message that does not pass, or that has to be looked at and
   *     is not whole; else at the end
   */
  final int scan(ByteBuf chunk) {
    int at = chunk.readerIndex();
    int end = chunk.writerIndex();
    while (at < end && !broken) {
      if (left == 0 && partial == null && stops(chunk, at, end)) {
        return at;
      }
      if (left > 0) {
        int step = Math.min(left, end - at);
        left -= step;
        at += step;
      } else if (partial != null) {
        at = complete(partial, chunk, at, end);
      } else if (end - at >= HEADER) {
        int next = passOver(chunk, at, end);
        at = next > at || left > 0 ? next : begin(chunk, at, end);
      } else {
        partial = new byte[HEADER];
        needed = HEADER;
      }
    }
    return end;
  }

  private boolean stops(ByteBuf chunk, int at, int end) {
    byte next = chunk.getByte(at);
    if (!looksAhead(next)) {
      return false;
    }
    if (end - at < HEADER) {
      return true;
    }
    int length = chunk.getInt(at + 1);
    if (length < Integer.BYTES || length > LONGEST_WHOLE) {
      return false;
    }
    return end - at < 1 + length || !passes(next, chunk, at + HEADER, length - Integer.BYTES);
  }

  /** Whether those bytes are not PostgreSQL's protocol: from then on nothing is known. */
  final boolean broken() {
    return broken;
  }

  /** Whether the last message has come to its end. */
  final boolean atBoundary() {
    return left == 0 && partial == null;
  }

  /** Up to the next message that means something: rows come by the thousand. */
  private int passOver(ByteBuf chunk, int from, int end) {
    int at = from;
    while (end - at >= HEADER) {
      int length = chunk.getInt(at + 1);
      if (length < Integer.BYTES || heeds(chunk.getByte(at))) {
        return at;
      }
      int rest = end - at - 1;
      if (length > rest) {
        left = length - rest;
        return end;
      }
      at += 1 + length;
    }
    return at;
  }

  private int begin(ByteBuf chunk, int at, int end) {
    header(chunk.getByte(at), chunk.getInt(at + 1));
    if (broken) {
      return at;
    }
    int wanted = wanted(type, body);
    if (end - at - HEADER < wanted) {
      have = end - at;
      needed = HEADER + wanted;
      partial = new byte[Math.min(needed, Math.max(2 * have, SMALLEST))];
      chunk.getBytes(at, partial, 0, have);
      return end;
    }
    message(type, body, chunk, at + HEADER);
    left = body;
    return at + HEADER;
  }

  /** The array grows with what comes: what a client only announces takes no memory. */
  private int complete(byte[] before, ByteBuf chunk, int at, int end) {
    int step = Math.min(needed - have, end - at);
    byte[] gathered = before;
    if (have + step > before.length) {
      gathered = Arrays.copyOf(before, Math.min(needed, Math.max(2 * before.length, have + step)));
      partial = gathered;
    }
    chunk.getBytes(at, gathered, have, step);
    have += step;
    if (have < needed) {
      return at + step;
    }
    if (have == HEADER) {
      ByteBuf header = Unpooled.wrappedBuffer(gathered);
      header(header.getByte(0), header.getInt(1));
      int wanted = broken ? 0 : wanted(type, body);
      if (wanted > 0) {
        needed = HEADER + wanted;
        partial = Arrays.copyOf(gathered, Math.min(needed, SMALLEST));
        return at + step;
      }
    }
    partial = null;
    have = 0;
    if (!broken) {
      left = body - (needed - HEADER);
      if (heeds(type)) {
        message(type, body, Unpooled.wrappedBuffer(gathered), HEADER);
      }
    }
    return at + step;
  }

  private void header(byte newType, int length) {
    type = newType;
    body = length - Integer.BYTES;
    broken = length < Integer.BYTES || newType <= 0;
  }
}
