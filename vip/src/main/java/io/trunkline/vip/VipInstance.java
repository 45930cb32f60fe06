package io.trunkline.vip;

import io.trunkline.config.Cidr;
import io.trunkline.config.VipConfig;
import io.trunkline.vip.linux.AddressOnLink;
import io.trunkline.vip.linux.LinuxException;
import io.trunkline.vip.linux.PacketSocket;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One VIP of this node, whoever decides where it is. All but the status runs on the loop. */
interface VipInstance {
  VipConfig config();

  /** All that move, whether advertised or not. */
  default List<InetAddress> addresses() {
    return config().allAddresses().stream().map(Cidr::address).toList();
  }

  /** Whether that is one of the VIP's addresses. */
  boolean keeps(AddressOnLink candidate);

  /** Removes what a former life left behind. */
  void clean() throws LinuxException;

  /** When {@link #onTime} has something to do, in nanoseconds. */
  long deadline();

  /** Everything that is due. */
  void onTime(long now, long lastHeartbeat);

  /** Whether that is one of the addresses, and this node has them or is about to. */
  boolean minds(InetAddress address);

  /** Another host answers for an address that this node {@link #minds}. */
  void onContender(PacketSocket.Contender contender, long at);

  /** An address of the VIP's interface is gone. */
  void onAddressGone(AddressOnLink gone, Instant now);

  /** Whether this node serves what comes in through the VIP. */
  void serving(boolean serving, String why, Instant now);

  /** Another priority is configured; of no concern where none is bid. */
  default void priority(int configured, Instant now) {}

  /** Whether that is in the way. */
  boolean held(Hold hold);

  /** Something is in the way now. */
  void hold(Hold hold, VipReason reason, Instant now);

  /** It is out of the way: with nothing else there, take part again. */
  void release(Hold hold, Instant now);

  /**
   * Stops as soon as it lets nothing go any more, and leaves everything as it is to another process
   * of this node.
   */
  void passOn(CompletableFuture<Bequest> heir, Instant now);

  /** Takes part with what another process of this node has left. */
  void inherit(Bequest bequest, Instant now);

  /** Completes that as soon as this node has nothing to do with the VIP any more. */
  void whenReleased(CompletableFuture<Void> done);

  VipStatus status(Instant started, TimerLateness.Snapshot lateness);
}
