package io.trunkline.proxy.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * All channels of an event loop read into the same few buffers, a short one and, after a read that
 * has filled it, a long one: what was read is nearly always written on before the next read, so
 * that nothing is allocated and the same memory stays in the processor's cache. A buffer that
 * somebody keeps, because its peer is slow, is left to them and replaced. When much is kept,
 * shorter buffers are used ({@link RelayMemory}).
 *
 * <p>A decoder (TLS, the PROXY header) keeps what it cannot use yet. Behind one a channel reads
 * into buffers as large as what came lately ({@link #forDecoders}): otherwise a client that sends
 * half a record would cost a whole buffer.
 */
public final class ReadBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
  /** Bytes. The larger, the fewer wake-ups and system calls a large stream takes. */
  public static final int SIZE = 512 * 1024;

  private static final int SMALLEST = RelayMemory.SMALLEST_PIECE;

  /**
   * Bytes. A connection that is not to be read is read so far all the same when its peer has sent
   * FIN, and when TLS needs the rest of a record.
   */
  private static final int UNWANTED = 4 * 1024;

  private static final Shared[] SHARED = {
    new Shared(SMALLEST), new Shared(16 * 1024), new Shared(64 * 1024), new Shared(SIZE)
  };
  private static final int SHORT = 2;
  private static final int LONG = 3;

  private final RelayMemory memory;
  private final ForDecoders forDecoders = new ForDecoders();

  ReadBuffer(RelayMemory memory) {
    this.memory = memory;
  }

  /** From now on a decoder gets what that channel reads. */
  public static void forDecoders(Channel channel) {
    if (channel.config().getRecvByteBufAllocator() instanceof ReadBuffer relaying) {
      channel.config().setRecvByteBufAllocator(relaying.forDecoders);
    }
  }

  /** What that channel reads is relayed as it is: no decoder is in its way any more. */
  public static void forRelaying(Channel channel) {
    if (channel.config().getRecvByteBufAllocator() instanceof ForDecoders decoding) {
      channel.config().setRecvByteBufAllocator(decoding.relaying());
    }
  }

  private final class ForDecoders extends AdaptiveRecvByteBufAllocator {
    ReadBuffer relaying() {
      return ReadBuffer.this;
    }
  }

  @Override
  public ExtendedHandle newHandle() {
    return new Switch(new Lengths());
  }

  /** How long the longest piece is that may be read now. */
  private int longest() {
    return Math.max(SMALLEST, memory.share());
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
    private int next = SHORT;

    @Override
    public int guess() {
      return SHARED[next].size;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      int longest = longest();
      int which = longest == RelayMemory.LARGEST_SHARE ? next : Math.min(next, SHORT);
      while (SHARED[which].size > longest && which > 0) {
        which--;
      }
      return SHARED[which].borrow(allocator);
    }

    @Override
    public void lastBytesRead(int bytes) {
      super.lastBytesRead(bytes);
      next = bytes < SHARED[SHORT].size ? SHORT : LONG;
    }
  }

  /** A channel asks for its handle once: which way it reads is looked up before each read. */
  private final class Switch implements ExtendedHandle {
    private final ExtendedHandle shared;
    private @Nullable ExtendedHandle sized;
    private ExtendedHandle now;
    private boolean decoding;
    private boolean wanted;

    Switch(ExtendedHandle shared) {
      this.shared = shared;
      this.now = shared;
    }

    @Override
    public void reset(ChannelConfig config) {
      decoding = !(config.getRecvByteBufAllocator() instanceof ReadBuffer);
      if (decoding && sized == null) {
        sized = (ExtendedHandle) forDecoders.newHandle();
      }
      now = decoding && sized != null ? sized : shared;
      now.reset(config);
      wanted = config.isAutoRead();
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      if (!wanted) {
        return allocator.directBuffer(UNWANTED, UNWANTED);
      }
      return decoding && now.guess() > longest()
          ? allocator.directBuffer(longest())
          : now.allocate(allocator);
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
