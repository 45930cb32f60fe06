package io.trunkline.healthcheck.timeline;

/** Where the timeline mark of a cluster outlives the process. */
public interface TimelineStore {

  /** What was saved last; nothing when there is nothing readable. Blocks. */
  TimelineTracker.Saved read();

  /** Saves it, after all that came earlier. Does not block. */
  void write(TimelineTracker.Saved saved);

  /** Tries again what could not be saved. Does not block. */
  void retry();
}
