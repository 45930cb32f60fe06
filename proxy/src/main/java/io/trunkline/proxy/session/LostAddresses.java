package io.trunkline.proxy.session;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The addresses that this node lets go or has let go. Who comes in through them is not served: they
 * may be another node's in the next moment, and what a client has sent here by then it would send
 * nowhere again.
 */
public final class LostAddresses {
  private volatile Set<InetAddress> lost = Set.of();

  /** From now on they are lost. */
  public synchronized void add(Collection<InetAddress> addresses) {
    Set<InetAddress> next = new HashSet<>(lost);
    next.addAll(addresses);
    lost = Set.copyOf(next);
  }

  /** This node has them again. */
  public synchronized void remove(Collection<InetAddress> addresses) {
    Set<InetAddress> next = new HashSet<>(lost);
    next.removeAll(addresses);
    lost = Set.copyOf(next);
  }

  /** Whether that is one of them. */
  public boolean contains(InetAddress address) {
    return lost.contains(address);
  }

  /** The address of this node that the client has connected to. */
  public static InetAddress local(Channel client) {
    return ((InetSocketAddress) client.localAddress()).getAddress();
  }
}
