package io.trunkline.vip;

import io.trunkline.config.Cidr;
import io.trunkline.config.VipConfig;
import io.trunkline.vip.linux.AddressLease;
import io.trunkline.vip.linux.AddressOnLink;
import io.trunkline.vip.linux.Link;
import io.trunkline.vip.linux.LinuxException;
import io.trunkline.vip.linux.PacketSocket;
import io.trunkline.vip.linux.RouteSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The addresses of one VIP: puts them on the interface, with a finite lifetime in the kernel, and
 * tells the network where they are. If nobody renews them, because the process is dead, frozen or
 * hangs, the kernel removes them by itself. Without a link there is nothing to do.
 */
final class AddressGroup {
  /** The kernel counts in whole seconds and may be half a second late: 2 keeps it under 3. */
  static final int LIFETIME_SECONDS = 2;

  /** Nanoseconds. */
  static final long RENEWAL = Duration.ofMillis(500).toNanos();

  /** How soon to look again for a sign of life that did not come in time. Nanoseconds. */
  private static final long AGAIN = Duration.ofMillis(50).toNanos();

  private final String vip;
  private final VipInterface nic;
  private final RouteSocket routes;
  private final Notifier notifier;
  private final Counters counters;
  private final List<Cidr> networks;
  private final List<InetAddress> all;
  private List<AddressLease> leases = List.of();
  private boolean holding;
  private long renewedAt;
  private long dueAt;

  AddressGroup(VipConfig config, VipInterface nic, VipLoop loop, Counters counters) {
    this.vip = config.name();
    this.nic = nic;
    this.routes = loop.routes();
    this.notifier = loop.notifier();
    this.counters = counters;
    this.networks = List.copyOf(config.allAddresses());
    this.all = networks.stream().map(Cidr::address).toList();
  }

  /** All that move, whether advertised or not. */
  List<InetAddress> all() {
    return all;
  }

  boolean has(InetAddress address) {
    return all.contains(address);
  }

  /** When the next renewal is due, in nanoseconds; {@link LoopTime#NEVER}: there is none. */
  long renewAt() {
    return holding ? dueAt : LoopTime.NEVER;
  }

  /** Puts them on the interface; whether the kernel took them. */
  boolean add(long now) {
    return change(
        link -> {
          List<AddressLease> fresh = new ArrayList<>();
          for (Cidr each : networks) {
            boolean ownRoute = !(each.address() instanceof Inet6Address) || !covered(link, each);
            fresh.add(
                routes.lease(link, each.address(), each.prefix(), LIFETIME_SECONDS, ownRoute));
          }
          leases = fresh;
          write(now);
        });
  }

  /**
   * Renews what is due, if the daemon gave a sign of life since the last time; whether the kernel
   * took it. Allocates nothing.
   */
  boolean renew(long lastHeartbeat, long now) {
    if (!holding || now < dueAt || nic.link() == null) {
      return true;
    }
    if (lastHeartbeat <= renewedAt) {
      dueAt = now + AGAIN;
      return true;
    }
    try {
      write(now);
      return true;
    } catch (LinuxException e) {
      return failed(e);
    }
  }

  private void write(long now) throws LinuxException {
    holding = true;
    renewedAt = now;
    dueAt = now + RENEWAL;
    for (int i = 0; i < leases.size(); i++) {
      routes.put(leases.get(i));
    }
  }

  /** Renews them no more: somebody else on this host does. */
  void leave() {
    holding = false;
  }

  /** Takes them off the interface; if that fails, the kernel does, as nobody renews them. */
  boolean remove() {
    leave();
    return change(
        link -> {
          for (Cidr each : networks) {
            routes.remove(link, each.address(), each.prefix());
          }
        });
  }

  /** Removes what an earlier process, or another one, left on that interface. */
  void clean(Link link) throws LinuxException {
    boolean found = false;
    for (AddressOnLink each : routes.addresses(link.index())) {
      if (has(each.address())) {
        routes.remove(link, each.address(), each.prefix());
        found = true;
      }
    }
    if (found) {
      notifier.warning(vip, "removed the addresses that were left on " + link.name());
    }
  }

  /** Whether another address of the interface has the route to this network already. */
  private boolean covered(Link link, Cidr network) throws LinuxException {
    return routes.addresses(link.index()).stream()
        .anyMatch(
            each ->
                !has(each.address())
                    && each.prefix() == network.prefix()
                    && network.contains(each.address()));
  }

  private interface Change {
    void on(Link link) throws LinuxException;
  }

  private boolean change(Change change) {
    Link link = nic.link();
    try {
      if (link != null) {
        change.on(link);
      }
      return true;
    } catch (LinuxException e) {
      return failed(e);
    }
  }

  private boolean failed(LinuxException why) {
    notifier.warning(vip, String.valueOf(why.getMessage()));
    return false;
  }

  /**
   * One gratuitous ARP or unsolicited neighbour advertisement for each address, and a question
   * whether anybody else has it.
   */
  void announce() {
    PacketSocket packets = nic.packets();
    for (int i = 0; packets != null && i < all.size(); i++) {
      if (packets.announce(all.get(i))) {
        counters.announcements.incrementAndGet();
      }
      packets.probe(all.get(i));
    }
  }

  void probe() {
    PacketSocket packets = nic.packets();
    for (int i = 0; packets != null && i < all.size(); i++) {
      packets.probe(all.get(i));
    }
  }
}
