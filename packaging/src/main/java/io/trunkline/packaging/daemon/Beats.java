package io.trunkline.packaging.daemon;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Signs of life that nothing gives which does not do the daemon's work: a beat departs when every
 * cluster has been looked at since the last one, passes through every session loop, and only then
 * counts. While an observer or a session loop hangs there are none; at most one is under way.
 */
final class Beats {
  private final Set<String> clusters;
  private final Supplier<CompletableFuture<Void>> round;
  private final Runnable arrival;
  private final Set<String> looked = new HashSet<>();
  private boolean underWay;

  /**
   * @param clusters whose observers must be alive
   * @param round completes when every session loop has come to it
   * @param arrival what a beat is for
   */
  Beats(Set<String> clusters, Supplier<CompletableFuture<Void>> round, Runnable arrival) {
    this.clusters = Set.copyOf(clusters);
    this.round = round;
    this.arrival = arrival;
  }

  /** Called on the thread that brings the views of that cluster. */
  void lookedAt(String cluster) {
    if (departs(cluster)) {
      try {
        round.get().thenRun(this::arrived);
      } catch (RejectedExecutionException e) {
        // The session loops have ended: that was the last beat.
      }
    }
  }

  private synchronized boolean departs(String cluster) {
    looked.add(cluster);
    if (underWay || !looked.containsAll(clusters)) {
      return false;
    }
    looked.clear();
    underWay = true;
    return true;
  }

  private void arrived() {
    synchronized (this) {
      underWay = false;
    }
    arrival.run();
  }
}
