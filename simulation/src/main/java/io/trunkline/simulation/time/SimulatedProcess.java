package io.trunkline.simulation.time;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A process on a simulated machine. It can be stopped for a while (SIGSTOP), so that nothing of it
 * happens, while time and the network go on; and killed.
 */
public final class SimulatedProcess {
  private final String name;
  private final Scheduler scheduler;
  private final LocalClock clock;
  private final BiConsumer<String, Throwable> failures;
  private final List<@Nullable Descriptor> descriptors = new ArrayList<>();
  private long stoppedUntil;
  private long busyUntil;
  private boolean dead;

  /** What a process has open. */
  public interface Descriptor {
    /** What epoll(7) has reported of that number. */
    void onEvents(int events);

    /** The kernel closes it, because the process has ended. */
    void onProcessEnded();
  }

  /**
   * @param failures is told of what a task throws
   */
  public SimulatedProcess(
      String name, Scheduler scheduler, LocalClock clock, BiConsumer<String, Throwable> failures) {
    this.name = name;
    this.scheduler = scheduler;
    this.clock = clock;
    this.failures = failures;
  }

  /** For people. */
  public String name() {
    return name;
  }

  /** Simulated time. */
  public Scheduler scheduler() {
    return scheduler;
  }

  /** Those of its machine. */
  public LocalClock clock() {
    return clock;
  }

  /** Nothing of it happens before then. */
  public void stopUntil(long nanos) {
    stoppedUntil = Math.max(stoppedUntil, nanos);
  }

  /** Its threads often run late before then: others have the processors. */
  public void busyUntil(long nanos) {
    busyUntil = Math.max(busyUntil, nanos);
  }

  boolean busy() {
    return scheduler.now() < busyUntil;
  }

  /** Whether it is stopped now. */
  public boolean stopped() {
    return scheduler.now() < stoppedUntil;
  }

  /** Until when it is stopped; a moment that is past if it is not. */
  public long stoppedUntil() {
    return stoppedUntil;
  }

  /** Ends at once, without a word to itself; the kernel closes what it had open. */
  public void kill() {
    if (!dead) {
      dead = true;
      for (Descriptor open : descriptors.stream().filter(Objects::nonNull).toList()) {
        open.onProcessEnded();
      }
    }
  }

  /** Whether it has ended. */
  public boolean dead() {
    return dead;
  }

  /** Runs that after so many nanoseconds, or when the process goes on; not if it has ended. */
  public void after(long nanos, Runnable task) {
    scheduler.after(nanos, () -> run(task));
  }

  private void run(Runnable task) {
    if (dead) {
      return;
    }
    if (stopped()) {
      scheduler.at(stoppedUntil, () -> run(task));
      return;
    }
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  /** Something threw that. */
  void failed(Throwable cause) {
    failures.accept(name, cause);
  }

  /** Opens a descriptor: the lowest number that is free, as open(2) gives it. */
  public int open(Descriptor handler) {
    int free = descriptors.indexOf(null);
    if (free < 0) {
      descriptors.add(handler);
      return descriptors.size() - 1;
    }
    descriptors.set(free, handler);
    return free;
  }

  /** Closes a descriptor: its number is free. */
  public void close(int descriptor) {
    descriptors.set(descriptor, null);
  }

  /** Whoever has that number now gets the events, whoever they were reported for. */
  void dispatch(int descriptor, int events) {
    Descriptor handler = descriptors.get(descriptor);
    if (handler != null) {
      handler.onEvents(events);
    }
  }
}
