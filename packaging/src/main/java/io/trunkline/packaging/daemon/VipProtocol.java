package io.trunkline.packaging.daemon;

import io.trunkline.vip.Bequest;
import io.trunkline.vip.VipReason;
import io.trunkline.vip.VipStatus;
import io.trunkline.vip.claim.LeaderSight;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What moves VIPs between nodes. */
interface VipProtocol extends AutoCloseable {

  /**
   * Begins to take part.
   *
   * @throws IOException saying in one sentence what is missing
   */
  void start() throws IOException;

  /**
   * As {@link #start}, but changes nothing: another process of this node has the VIPs until {@link
   * #inherit}.
   */
  void standBy() throws IOException;

  /** Stops, and leaves everything as it is to another process of this node. */
  CompletableFuture<Map<String, Bequest>> passOn();

  /** Takes part, with what another process of this node has left. */
  void inherit(Map<String, Bequest> left);

  /** Whether this node serves what comes in through that VIP. */
  void serving(String vip, boolean serving, String why);

  /** Another priority is configured for that VIP. */
  void priority(String vip, int priority);

  /** What is known of the leader that a VIP of mode leader follows. */
  void leader(String vip, LeaderSight sight);

  /** The daemon is alive. */
  void heartbeat();

  /** Completes when the thread that holds the addresses has come to it. */
  CompletableFuture<Void> turn();

  List<VipStatus> status();

  /** Lets everything go until it is resumed; completes when it is gone. */
  CompletableFuture<Void> release(VipReason reason);

  /** As {@link #release(VipReason)}, for one. */
  CompletableFuture<Void> release(String vip, VipReason reason);

  /** Takes part with that VIP again. */
  void resume(String vip);

  @Override
  void close();
}
