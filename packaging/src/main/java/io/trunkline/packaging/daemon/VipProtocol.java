package io.trunkline.packaging.daemon;

import io.trunkline.vip.LeaderSight;
import io.trunkline.vip.VipStatus;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What moves VIPs between nodes. */
interface VipProtocol extends AutoCloseable {

  /**
   * Begins to take part.
   *
   * @throws IOException saying in one sentence what is missing
   */
  void start() throws IOException;

  /** Whether this node serves what comes in through that VIP. */
  void serving(String vip, boolean serving, String why);

  /** What is known of the leader that a VIP of mode leader follows. */
  void leader(String vip, LeaderSight sight);

  /** The daemon is alive. */
  void heartbeat();

  List<VipStatus> status();

  /** Lets everything go; completes when it is gone. */
  CompletableFuture<Void> release();

  @Override
  void close();
}
