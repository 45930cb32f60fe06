package io.trunkline.proxy.relay;

import io.netty.channel.Channel;
import io.netty.channel.WriteBufferWaterMark;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * The memory that all sessions of this process may use for bytes that wait: to be taken by a peer
 * that is slow to read, or for a member. A connection may have a share of what is free, so that
 * each new one gets something, however many there are and whatever those before have taken: the
 * dynamic threshold of Choudhury and Hahne (IEEE/ACM Transactions on Networking, 1998), as switches
 * share theirs. Once a connection has its share, who sends to it is not read.
 */
public final class RelayMemory {
  /** Bytes. More would not make a large stream faster. */
  static final int LARGEST_SHARE = 256 * 1024;

  /** Bytes: the smallest piece that is read. Who has nothing waiting gets it in any case. */
  public static final int SMALLEST_PIECE = 4 * 1024;

  private static final int PARTS = 256;

  /** By the number of bits of a share. */
  private static final WriteBufferWaterMark[] MARKS =
      IntStream.rangeClosed(0, Integer.numberOfTrailingZeros(LARGEST_SHARE))
          .map(bits -> 1 << bits)
          .map(share -> share < SMALLEST_PIECE ? 2 : share)
          .mapToObj(share -> new WriteBufferWaterMark(share / 2, share))
          .toArray(WriteBufferWaterMark[]::new);

  private final AtomicLong used = new AtomicLong();
  private final ReadBuffer buffers = new ReadBuffer(this);
  private volatile long limit;

  /**
   * @param limit bytes
   */
  public RelayMemory(long limit) {
    this.limit = limit;
  }

  /** From now on there may be so many. */
  public void limit(long bytes) {
    limit = bytes;
  }

  /** Bytes. */
  public long limit() {
    return limit;
  }

  /** Bytes that wait now. */
  public long used() {
    return used.get();
  }

  /** Whether nothing is free. */
  public boolean full() {
    return used.get() >= limit;
  }

  /** Takes note of so many more bytes that wait, or fewer if it is negative. */
  void add(long bytes) {
    used.addAndGet(bytes);
  }

  /** How many bytes may wait for one connection now. */
  int share() {
    return Math.clamp((limit - used.get()) / PARTS, 0, LARGEST_SHARE);
  }

  /** What connections read into. */
  ReadBuffer buffers() {
    return buffers;
  }

  /** As {@link #mark()} while much is free. */
  static WriteBufferWaterMark highest() {
    return MARKS[MARKS.length - 1];
  }

  /** When a connection becomes unwritable, by what is free now, and when writable again. */
  private WriteBufferWaterMark mark() {
    int share = share();
    return MARKS[share == 0 ? 0 : Integer.SIZE - 1 - Integer.numberOfLeadingZeros(share)];
  }

  /** What waits for one connection. Belongs to its event loop. */
  public final class Backlog {
    private final Channel channel;
    private long counted;
    private boolean watched;

    public Backlog(Channel channel) {
      this.channel = channel;
      channel.closeFuture().addListener(_ -> set(0));
    }

    /**
     * Something is about to be written: the channel is writable for as long as it has its share.
     */
    @SuppressWarnings("ReferenceEquality") // there is one of each
    public void adapt() {
      WriteBufferWaterMark mark = mark();
      if (channel.config().getWriteBufferWaterMark() != mark) {
        channel.config().setWriteBufferWaterMark(mark);
      }
    }

    /** Something was written, or taken. */
    public void count() {
      long waits = ChannelOps.pending(channel);
      if (waits == counted && (waits == 0 || watched)) {
        return;
      }
      set(waits);
      // A channel that is unwritable tells when it no longer is. Of the others nothing is heard.
      if (waits > 0 && !watched && channel.isWritable()) {
        watched = true;
        channel
            .writeAndFlush(ChannelOps.nothing())
            .addListener(_ -> channel.eventLoop().execute(this::countAgain));
      }
    }

    /** Once Netty no longer counts what it has just told of. */
    private void countAgain() {
      watched = false;
      count();
    }

    private void set(long waits) {
      if (waits != counted) {
        add(waits - counted);
        counted = waits;
      }
    }
  }
}
