package io.trunkline.packaging.daemon;

import io.trunkline.config.Validity;
import io.trunkline.routing.ConnectObserver;
import java.util.List;

/** What watches one cluster. */
interface ClusterSource extends ConnectObserver, AutoCloseable {
  void start();

  /** Takes the leader's lower timeline for right. */
  void acceptTimeline();

  /** Until when the certificates are valid that are in use. */
  List<Validity> validities();

  @Override
  void close();
}
