package io.trunkline.vip;

import io.trunkline.config.Cidr;
import io.trunkline.vip.linux.AddressLease;
import io.trunkline.vip.linux.AddressOnLink;
import io.trunkline.vip.linux.Link;
import io.trunkline.vip.linux.LinuxException;
import io.trunkline.vip.linux.RouteSocket;
import java.net.Inet6Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The addresses of one VIP on the interface, with a finite lifetime in the kernel: if nobody renews
 * it, because the process is dead, frozen or hangs, the kernel removes them by itself.
 */
final class AddressKeeper {
  /** The kernel counts in whole seconds and may be half a second late: 2 keeps it under 3. */
  static final int LIFETIME_SECONDS = 2;

  /** Nanoseconds. */
  static final long RENEWAL = Duration.ofMillis(500).toNanos();

  /** How soon to look again for a sign of life that did not come in time. Nanoseconds. */
  private static final long AGAIN = Duration.ofMillis(50).toNanos();

  private final RouteSocket routes;
  private final List<Cidr> addresses;
  private List<AddressLease> leases = List.of();
  private boolean holding;
  private long renewedAt;
  private long dueAt;

  AddressKeeper(RouteSocket routes, List<Cidr> addresses) {
    this.routes = routes;
    this.addresses = List.copyOf(addresses);
  }

  /** When the next renewal is due, in nanoseconds; {@link LoopTime#NEVER}: there is none. */
  long renewAt() {
    return holding ? dueAt : LoopTime.NEVER;
  }

  void add(Link link, long now) throws LinuxException {
    List<AddressLease> fresh = new ArrayList<>();
    for (Cidr each : addresses) {
      boolean ownRoute = !(each.address() instanceof Inet6Address) || !covered(link, each);
      fresh.add(routes.lease(link, each.address(), each.prefix(), LIFETIME_SECONDS, ownRoute));
    }
    leases = fresh;
    write(now);
  }

  /** Renews what is due, if the daemon gave a sign of life since the last time. */
  void renew(long lastHeartbeat, long now) throws LinuxException {
    if (!holding || now < dueAt) {
      return;
    }
    if (lastHeartbeat > renewedAt) {
      write(now);
    } else {
      dueAt = now + AGAIN;
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

  void remove(Link link) throws LinuxException {
    holding = false;
    for (Cidr each : addresses) {
      routes.remove(link, each.address(), each.prefix());
    }
  }

  /** Removes what an earlier process, or another one, left on the interface. */
  boolean clean(Link link) throws LinuxException {
    boolean found = false;
    for (AddressOnLink each : routes.addresses(link.index())) {
      if (keeps(each)) {
        routes.remove(link, each.address(), each.prefix());
        found = true;
      }
    }
    return found;
  }

  boolean keeps(AddressOnLink candidate) {
    for (int i = 0; i < addresses.size(); i++) {
      if (addresses.get(i).address().equals(candidate.address())) {
        return true;
      }
    }
    return false;
  }

  /** Whether another address of the interface has the route to this network already. */
  private boolean covered(Link link, Cidr network) throws LinuxException {
    return routes.addresses(link.index()).stream()
        .anyMatch(
            each ->
                !keeps(each)
                    && each.prefix() == network.prefix()
                    && network.contains(each.address()));
  }
}
