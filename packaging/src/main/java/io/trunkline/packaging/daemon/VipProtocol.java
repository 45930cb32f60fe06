package io.trunkline.packaging.daemon;

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

  /** The daemon is alive. */
  void heartbeat();

  List<VipStatus> status();

  /** Lets everything go; completes when it is gone. */
  CompletableFuture<Void> release();

  @Override
  void close();
}
