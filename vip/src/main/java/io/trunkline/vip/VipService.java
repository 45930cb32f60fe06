package io.trunkline.vip;

import io.trunkline.vip.claim.LeaderClaimant;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The VIPs of this node, for the daemon: it says whether it serves ({@link #serving}), and that it
 * is alive ({@link #heartbeat}).
 */
public interface VipService extends AutoCloseable {
  /**
   * Opens the sockets and takes part.
   *
   * @throws IOException saying in one sentence, for the operator, what is missing: an interface, a
   *     capability
   */
  void start() throws IOException;

  /**
   * As {@link #start}, but changes nothing: another process of this node has the VIPs until {@link
   * #inherit}.
   */
  void standBy() throws IOException;

  /**
   * Stops, and leaves everything as it is to another process of this node; what this node lets go
   * just now is let go first.
   */
  CompletableFuture<Map<String, VipHandover>> passOn();

  /** Takes part, with what another process of this node has {@link #passOn left}. */
  void inherit(Map<String, VipHandover> left);

  /** Whether this node serves what comes in through that VIP: its bid follows, without flapping. */
  void serving(String vip, boolean serving, String why);

  /** Another priority is configured for that VIP, 1 to 255: the next bid has it. */
  void priority(String vip, int priority);

  /** What is known of the leader that a VIP of mode leader follows. */
  void leader(String vip, LeaderClaimant.Sight sight);

  /**
   * The daemon's traffic loop is alive. The addresses are renewed in the kernel only while this
   * comes: call it at least four times a second.
   */
  void heartbeat();

  /** Completes when the thread that holds the addresses has come to it. */
  CompletableFuture<Void> turn();

  /** Every VIP of this node. From any thread. */
  List<VipStatus> status();

  /**
   * Lets every VIP go, in an orderly way: another node takes over, then the sessions end, then the
   * addresses are removed. They stay away until {@link #resume}.
   */
  CompletableFuture<Void> release(VipReason reason);

  /** As {@link #release(VipReason)}, for one. */
  CompletableFuture<Void> release(String vip, VipReason reason);

  /** Takes part with that VIP again. */
  void resume(String vip);

  /** Lets everything go and ends. Waits for it, not long. */
  @Override
  void close();
}
