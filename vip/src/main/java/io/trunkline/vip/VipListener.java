package io.trunkline.vip;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Hears what happens to the VIPs of this node. The calls come one after the other, in order, on a
 * thread that the protocol does not wait for; but for {@link #opening} and {@link #closing}.
 */
public interface VipListener {
  /**
   * This node is about to have the addresses: who connects to them is to be served. Called on the
   * thread of the protocol, which it must not hold up.
   */
  void opening(String vip, List<InetAddress> addresses);

  /**
   * This node lets the addresses go, or has lost them: nobody who connects to them from now on is
   * to be served. Called as {@link #opening} is, before {@link #leaving} or {@link #lost}; again
   * for the same addresses, perhaps.
   */
  void closing(String vip, List<InetAddress> addresses);

  /** The state changed. */
  void transition(VipTransition transition);

  /**
   * This node is letting the addresses go, and still has them: end the sessions that came in
   * through them. They are removed when the stage completes; at the latest after half a second, or
   * after 200 ms where another node has them already or something is broken.
   */
  CompletionStage<Void> leaving(String vip, List<InetAddress> addresses, VipReason reason);

  /** This node lost the addresses with its link: end the sessions that came in through them. */
  void lost(String vip, List<InetAddress> addresses, VipReason reason);

  /** Something that an operator should know. */
  void warning(String vip, String text);
}
