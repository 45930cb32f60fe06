package io.trunkline.simulation.time;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Simulated time, in nanoseconds from zero, and what is to happen in it. Everything happens on the
 * thread that calls {@link #runUntil}, one thing after the other; what is due at the same moment
 * happens in the order in which it was asked for.
 */
public final class Scheduler {
  private final PriorityQueue<Timer> due = new PriorityQueue<>(Scheduler::order);
  private long now;
  private long numbers;
  private long steps;
  private @Nullable Object thread;

  /** Something that is to happen. */
  public static final class Timer {
    private final long at;
    private final long number;
    private final Runnable task;
    private boolean cancelled;

    private Timer(long at, long number, Runnable task) {
      this.at = at;
      this.number = number;
      this.task = task;
    }

    /** It is not to happen any more. */
    public void cancel() {
      cancelled = true;
    }

    /** When, in nanoseconds. */
    public long at() {
      return at;
    }
  }

  private static int order(Timer a, Timer b) {
    return a.at == b.at ? Long.compare(a.number, b.number) : Long.compare(a.at, b.at);
  }

  /** The true time, which no simulated machine knows. */
  public long now() {
    return now;
  }

  /** How many things have happened. */
  public long steps() {
    return steps;
  }

  /** Has that happen then, or now if that is past. */
  public Timer at(long nanos, Runnable task) {
    Timer timer = new Timer(Math.max(now, nanos), numbers++, task);
    due.add(timer);
    return timer;
  }

  /** Has that happen after so many nanoseconds. */
  public Timer after(long nanos, Runnable task) {
    return at(now + nanos, task);
  }

  /**
   * From now on that simulated thread runs; null: none.
   *
   * @return the one before
   */
  @Nullable Object enter(@Nullable Object next) {
    Object before = thread;
    thread = next;
    return before;
  }

  /** Whether that is the simulated thread that runs. */
  boolean runs(Object which) {
    return which.equals(thread);
  }

  /** Lets time pass until then. */
  public void runUntil(long end) {
    for (Timer first = due.peek(); first != null && first.at <= end; first = due.peek()) {
      due.poll();
      if (!first.cancelled) {
        now = first.at;
        steps++;
        first.task.run();
      }
    }
    now = end;
  }
}
