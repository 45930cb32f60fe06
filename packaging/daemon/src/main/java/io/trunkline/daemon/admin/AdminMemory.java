package io.trunkline.daemon.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;

/**
 * The buffers of the admin endpoint and the control socket: memory that is taken at the start and
 * kept, so that they answer also when sessions have used up all there is.
 */
final class AdminMemory implements AutoCloseable {
  private static final int PAGE = 8 * 1024;

  /** 8 MB: what all connections together may have under way at once. */
  private static final int PAGES_IN_POWERS_OF_TWO = 10;

  private final ByteBufAllocator allocator =
      new PooledByteBufAllocator(true, 1, 1, PAGE, PAGES_IN_POWERS_OF_TWO, 0, 0, false);

  /** What has a page in use is not given back: this one is in use to the end. */
  private final ByteBuf page = allocator.directBuffer(PAGE);

  /** For one event loop. */
  ByteBufAllocator allocator() {
    return allocator;
  }

  /** From now on it is given back once nothing of it is in use. Any thread, more than once. */
  @Override
  public synchronized void close() {
    if (page.refCnt() > 0) {
      page.release();
    }
  }
}
