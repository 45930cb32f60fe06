package io.trunkline.simulation.node;

import io.trunkline.healthcheck.timeline.TimelineStore;
import io.trunkline.healthcheck.timeline.TimelineTracker;
import io.trunkline.simulation.time.Randomness;
import io.trunkline.simulation.time.SimulatedProcess;
import org.jspecify.annotations.Nullable;

/** The disk of a node, as far as the timeline mark is concerned. It outlives processes. */
public final class MarkDisk {
  private final Randomness random;
  private TimelineTracker.Saved saved = TimelineTracker.Saved.NONE;
  private boolean full;

  public MarkDisk(Randomness random) {
    this.random = random;
  }

  /** From now on it takes nothing, or does again. */
  public void full(boolean now) {
    full = now;
  }

  /** As a process has it: what it has written is there a moment later. */
  TimelineStore of(SimulatedProcess process) {
    return new TimelineStore() {
      private TimelineTracker.@Nullable Saved unwritten;

      @Override
      public TimelineTracker.Saved read() {
        return saved;
      }

      @Override
      public void write(TimelineTracker.Saved mark) {
        process.after(random.latency(3), () -> put(mark));
      }

      @Override
      public void retry() {
        TimelineTracker.Saved mark = unwritten;
        if (mark != null) {
          put(mark);
        }
      }

      private void put(TimelineTracker.Saved mark) {
        unwritten = full ? mark : null;
        if (!full) {
          saved = mark;
        }
      }
    };
  }
}
