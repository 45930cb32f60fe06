package io.trunkline.proxy.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/**
 * The client's bytes that may have to be sent again or later. Only what a session is opened with is
 * ever sent to more than one member. Bounded: the client is not read any further once it is full.
 */
public final class ReplayBuffer {
  private static final int LIMIT = 64 * 1024;

  /** Of a message: its type and its length. */
  private static final int MESSAGE_HEADER = 1 + Integer.BYTES;

  private final ByteBufAllocator allocator;
  private final RelayMemory memory;
  private ByteBuf bytes = Unpooled.EMPTY_BUFFER;
  private int counted;
  private int sent;

  public ReplayBuffer(ByteBufAllocator allocator, RelayMemory memory) {
    this.allocator = allocator;
    this.memory = memory;
  }

  private void count() {
    if (bytes.capacity() != counted) {
      memory.add(bytes.capacity() - counted);
      counted = bytes.capacity();
    }
  }

  /** Takes ownership of the bytes. */
  public void add(ByteBuf more) {
    if (bytes.capacity() == 0) {
      bytes = allocator.buffer(Math.max(256, more.readableBytes()));
    }
    bytes.writeBytes(more);
    more.release();
    count();
  }

  /** A view; owned by this. */
  public ByteBuf bytes() {
    return bytes;
  }

  /** Bytes that are kept. */
  public int size() {
    return bytes.readableBytes();
  }

  /** Whether the client is not to be read. */
  public boolean full() {
    return size() >= LIMIT || size() >= memory.share();
  }

  /** The type of the message that begins there. */
  public byte messageType(int at) {
    return bytes.getByte(bytes.readerIndex() + at);
  }

  /** The length of the message that begins there, with its type; less than 5 makes no sense. */
  public int messageLength(int at) {
    return 1 + bytes.getInt(bytes.readerIndex() + at + 1);
  }

  /**
   * The length of the query, or of the batch of extended messages with its Sync, that comes first;
   * 0: it is not there as a whole, or there is nothing in it.
   */
  public int firstRequest() {
    int at = 0;
    while (size() - at >= MESSAGE_HEADER) {
      byte type = messageType(at);
      int length = messageLength(at);
      if (length < MESSAGE_HEADER || length > size() - at || type == 'X') {
        return 0;
      }
      if (type == 'Q' || type == 'F' || type == 'S') {
        return type == 'S' && at == 0 ? 0 : at + length;
      }
      at += length;
    }
    return 0;
  }

  /** The first so many are kept no more. */
  public void drop(int count) {
    bytes.skipBytes(count);
  }

  /** Puts that packet in the place of the first bytes; takes ownership of it. */
  public void replace(int count, ByteBuf packet) {
    packet.writeBytes(bytes, bytes.readerIndex() + count, size() - count);
    bytes.release();
    bytes = packet;
    count();
  }

  /** Those of the first so many bytes that were not sent yet, to be sent, and kept. */
  public ByteBuf unsent(int count) {
    ByteBuf more = allocator.buffer(count - sent);
    more.writeBytes(bytes, bytes.readerIndex() + sent, count - sent);
    sent = count;
    return more;
  }

  /** What was sent went to a member that is left: nothing has been sent to the next. */
  public void sendAgain() {
    sent = 0;
  }

  /** What was sent is kept no more. */
  public void dropSent() {
    drop(sent);
    sent = 0;
    if (size() == 0) {
      clear();
    }
  }

  /** The first so many, which stay. */
  public ByteBuf copy(int count) {
    ByteBuf copy = allocator.buffer(count);
    return copy.writeBytes(bytes, bytes.readerIndex(), count);
  }

  /** All of it, kept no more. */
  public ByteBuf take() {
    ByteBuf taken = bytes;
    bytes = Unpooled.EMPTY_BUFFER;
    count();
    sent = 0;
    return taken;
  }

  /** Nothing is kept any more. */
  public void clear() {
    take().release();
  }
}
