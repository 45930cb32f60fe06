package io.trunkline.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * All channels of an event loop read into the same two buffers, a short one and, after a read that
 * has filled it, a long one: what was read is nearly always written on before the next read, so
 * that nothing is allocated and the same memory stays in the processor's cache. A buffer that
 * somebody keeps, because its peer is slow, is left to them and replaced.
 *
 * <p>A decoder (TLS, the PROXY header) keeps what it cannot use yet. Behind one a channel reads
 * into buffers as large as what came lately ({@link #forDecoders}): otherwise a client that sends
 * half a record would cost a whole buffer.
 */
final class ReadBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
  /** Bytes. The larger, the fewer wake-ups and system calls a large stream takes. */
  static final int SIZE = 512 * 1024;

  /** For every channel whose bytes are relayed as they are. */
  static final ReadBuffer RELAYING = new ReadBuffer();

  private static final RecvByteBufAllocator FOR_DECODERS = new AdaptiveRecvByteBufAllocator();

  private static final Shared SHORT = new Shared(64 * 1024);
  private static final Shared LONG = new Shared(SIZE);

  private ReadBuffer() {}

  /** From now on a decoder gets what that channel reads. */
  static void forDecoders(Channel channel) {
    channel.config().setRecvByteBufAllocator(FOR_DECODERS);
  }

  /** What that channel reads is relayed as it is: no decoder is in its way any more. */
  static void forRelaying(Channel channel) {
    channel.config().setRecvByteBufAllocator(RELAYING);
  }

  @Override
  public ExtendedHandle newHandle() {
    return new Switch(new Lengths());
  }

  /** The buffer of one size that all channels of an event loop read into. */
  private static final class Shared extends FastThreadLocal<ByteBuf> {
    private final int size;

    Shared(int size) {
      this.size = size;
    }

    ByteBuf borrow(ByteBufAllocator allocator) {
      ByteBuf buffer = getIfExists();
      if (buffer == null || buffer.refCnt() > 1) {
        ByteBuf fresh = allocator.directBuffer(size, size);
        set(fresh);
        if (buffer != null) {
          buffer.release();
        }
        buffer = fresh;
      }
      return buffer.clear().retain();
    }

    @Override
    protected void onRemoval(ByteBuf buffer) {
      buffer.release();
    }
  }

  /** Reads into the long buffer after a read has filled the short one, until little comes again. */
  private final class Lengths extends MaxMessageHandle {
    private Shared next = SHORT;

    @Override
    public int guess() {
      return next.size;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return next.borrow(allocator);
    }

    @Override
    public void lastBytesRead(int bytes) {
      super.lastBytesRead(bytes);
      next = bytes < SHORT.size ? SHORT : LONG;
    }
  }

  /** A channel asks for its handle once: which way it reads is looked up before each read. */
  private static final class Switch implements ExtendedHandle {
    private final ExtendedHandle shared;
    private @Nullable ExtendedHandle sized;
    private ExtendedHandle now;

    Switch(ExtendedHandle shared) {
      this.shared = shared;
      this.now = shared;
    }

    @Override
    public void reset(ChannelConfig config) {
      if (config.getRecvByteBufAllocator() instanceof ReadBuffer) {
        now = shared;
      } else {
        if (sized == null) {
          sized = (ExtendedHandle) FOR_DECODERS.newHandle();
        }
        now = sized;
      }
      now.reset(config);
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return now.allocate(allocator);
    }

    @Override
    public int guess() {
      return now.guess();
    }

    @Override
    public void incMessagesRead(int count) {
      now.incMessagesRead(count);
    }

    @Override
    public void lastBytesRead(int bytes) {
      now.lastBytesRead(bytes);
    }

    @Override
    public int lastBytesRead() {
      return now.lastBytesRead();
    }

    @Override
    public void attemptedBytesRead(int bytes) {
      now.attemptedBytesRead(bytes);
    }

    @Override
    public int attemptedBytesRead() {
      return now.attemptedBytesRead();
    }

    @Override
    public boolean continueReading() {
      return now.continueReading();
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
      return now.continueReading(maybeMore);
    }

    @Override
    public void readComplete() {
      now.readComplete();
    }
  }
}
