package io.trunkline.daemon.admin;

/** Changes something about a cluster. Runs on the admin event loop, so it must not block. */
@FunctionalInterface
public interface ClusterAction {

  /** Does it to the cluster of that name, which exists. */
  void perform(String cluster);
}
