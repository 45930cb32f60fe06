package io.trunkline.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** What it may cost to read bytes of a stranger. */
public final class Cost {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Bytes of memory, whatever the input. */
  private static final long LEAST = 16L << 20;

  /** Bytes of memory for each byte of the input. */
  private static final long PER_BYTE = 4L << 10;

  private static final Duration LONGEST = Duration.ofSeconds(1);

  private Cost() {}

  /**
   * Does that, and fails if it takes more than a second of processor time or allocates more than a
   * multiple of the input. It is done once more before that is said: the first time classes are
   * loaded.
   *
   * @param length of the input, in bytes
   */
  public static void bounded(int length, Runnable work) {
    long most = LEAST + PER_BYTE * length;
    Spent spent = Spent.by(work);
    if (spent.memory > most || spent.time.compareTo(LONGEST) > 0) {
      spent = Spent.by(work);
    }
    assertThat(spent.memory).as("bytes allocated for %s", length).isLessThanOrEqualTo(most);
    assertThat(spent.time).as("processor time for %s bytes", length).isLessThan(LONGEST);
  }

  private record Spent(long memory, Duration time) {
    static Spent by(Runnable work) {
      long memory = THREADS.getCurrentThreadAllocatedBytes();
      long time = THREADS.getCurrentThreadCpuTime();
      work.run();
      return new Spent(
          THREADS.getCurrentThreadAllocatedBytes() - memory,
          Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - time));
    }
  }
}
