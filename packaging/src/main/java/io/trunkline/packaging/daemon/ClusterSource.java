package io.trunkline.packaging.daemon;

import io.trunkline.routing.ConnectObserver;

/** What watches one cluster. */
interface ClusterSource extends ConnectObserver, AutoCloseable {
  void start();

  /** Takes the leader's lower timeline for right. */
  void acceptTimeline();

  @Override
  void close();
}
