package io.trunkline.daemon.app;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Signs of life that nothing gives which does not do the daemon's work: a round departs when every
 * cluster has been looked at since the last one, passes through every session loop, and only then
 * counts. While an observer or a session loop hangs there are none.
 */
final class VipWatchdog {
  private final Set<String> clusters;
  private final LivenessProbe sessionLoops;
  private final Set<String> looked = new HashSet<>();

  /**
   * @param clusters whose observers must be alive
   * @param round completes when every session loop has come to it
   * @param alive is told each time
   */
  VipWatchdog(Set<String> clusters, Supplier<CompletableFuture<Void>> round, Runnable alive) {
    this.clusters = Set.copyOf(clusters);
    this.sessionLoops = new LivenessProbe(round, alive);
  }

  /** Called on the thread that brings the views of that cluster. */
  synchronized void lookedAt(String cluster) {
    looked.add(cluster);
    if (looked.containsAll(clusters) && sessionLoops.send()) {
      looked.clear();
    }
  }
}
