package io.trunkline.vip.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Waits for descriptors, a deadline or {@link #wake}. ppoll takes nanoseconds; poll would round a
 * deadline to a millisecond.
 */
public final class Poller implements AutoCloseable {
  private static final int MOST = 256;
  private static final int ENTRY = 8; // struct pollfd: int fd, short events, short revents
  private static final short POLLIN = 1;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final int EFD_NONBLOCK_CLOEXEC = 0x80800;

  private final Arena arena = Arena.ofShared();
  private final Libc libc = new Libc(arena);
  private final Libc wakers = new Libc(arena);
  private final MemorySegment entries = arena.allocate(MOST * (long) ENTRY, 8);
  private final MemorySegment timeout = arena.allocate(16, 8);
  private final MemorySegment counter = arena.allocate(8, 8);
  private final MemorySegment one = arena.allocate(8, 8);
  private final int eventfd;
  private int count;
  private boolean closed;

  public Poller() throws LinuxException {
    eventfd = libc.eventfd(EFD_NONBLOCK_CLOEXEC);
    if (eventfd < 0) {
      arena.close();
      throw LinuxException.of("open an eventfd", -eventfd);
    }
    one.set(JAVA_LONG, 0, 1);
    clear();
  }

  /** Forgets the descriptors. */
  public void clear() {
    count = 0;
    watch(eventfd);
  }

  public void watch(int fd) {
    if (count == MOST) {
      throw new IllegalStateException("more than " + MOST + " descriptors to watch");
    }
    entries.set(JAVA_INT, count * (long) ENTRY, fd);
    entries.set(JAVA_SHORT, count * (long) ENTRY + 4, POLLIN);
    entries.set(JAVA_SHORT, count * (long) ENTRY + 6, (short) 0);
    count++;
  }

  /**
   * Returns after that time at the latest; at once if it is not positive.
   *
   * @param nanos nanoseconds
   */
  public void await(long nanos) {
    long most = Math.max(nanos, 0);
    timeout.set(JAVA_LONG, 0, most / NANOS_PER_SECOND);
    timeout.set(JAVA_LONG, 8, most % NANOS_PER_SECOND);
    int found = libc.tryPpoll(entries, count, timeout);
    if (found <= 0) {
      // Interrupted: nothing is known, and trying costs little.
      short result = found < 0 ? POLLIN : 0;
      for (int i = 0; i < count; i++) {
        entries.set(JAVA_SHORT, i * (long) ENTRY + 6, result);
      }
    }
    if (ready(eventfd)) {
      libc.read(eventfd, counter);
    }
  }

  /** Whether {@link #await} found something to read there, or an error to be told. */
  public boolean ready(int fd) {
    for (int i = 0; i < count; i++) {
      if (entries.get(JAVA_INT, i * (long) ENTRY) == fd) {
        return entries.get(JAVA_SHORT, i * (long) ENTRY + 6) != 0;
      }
    }
    return false;
  }

  /** Makes {@link #await} return. Any thread may call this. */
  public synchronized void wake() {
    if (!closed) {
      wakers.write(eventfd, one);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    libc.close(eventfd);
    arena.close();
  }
}
