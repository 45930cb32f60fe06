package io.trunkline.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/**
 * The client's bytes that may have to be sent again or later. Bounded: the client is not read any
 * further once it is full.
 */
final class Kept {
  private static final int LIMIT = 64 * 1024;

  private final ByteBufAllocator allocator;
  private ByteBuf bytes = Unpooled.EMPTY_BUFFER;
  private int sent;

  Kept(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  /** Takes ownership of the bytes. */
  void add(ByteBuf more) {
    if (bytes.capacity() == 0) {
      bytes = allocator.buffer(Math.max(256, more.readableBytes()));
    }
    bytes.writeBytes(more);
    more.release();
  }

  /** A view; owned by this. */
  ByteBuf bytes() {
    return bytes;
  }

  int size() {
    return bytes.readableBytes();
  }

  boolean full() {
    return size() >= LIMIT;
  }

  void drop(int count) {
    bytes.skipBytes(count);
  }

  /** Puts that packet in the place of the first bytes; takes ownership of it. */
  void replace(int count, ByteBuf packet) {
    packet.writeBytes(bytes, bytes.readerIndex() + count, size() - count);
    bytes.release();
    bytes = packet;
  }

  /** All of it, to be sent, and kept. */
  ByteBuf all() {
    sent = size();
    return copy(sent);
  }

  /** What was added since {@link #all} or this was called last, to be sent, and kept. */
  ByteBuf unsent() {
    ByteBuf rest = allocator.buffer(size() - sent);
    rest.writeBytes(bytes, bytes.readerIndex() + sent, size() - sent);
    sent = size();
    return rest;
  }

  ByteBuf copy(int count) {
    ByteBuf copy = allocator.buffer(count);
    return copy.writeBytes(bytes, bytes.readerIndex(), count);
  }

  /** All of it, kept no more. */
  ByteBuf take() {
    ByteBuf taken = bytes;
    bytes = Unpooled.EMPTY_BUFFER;
    sent = 0;
    return taken;
  }

  void clear() {
    take().release();
  }
}
