package io.trunkline.vip;

import io.trunkline.config.Cidr;
import io.trunkline.vip.linux.AddressOnLink;
import io.trunkline.vip.linux.Link;
import io.trunkline.vip.linux.LinuxException;
import io.trunkline.vip.linux.RouteSocket;
import java.net.Inet6Address;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The addresses of one VIP on the interface, with a finite lifetime in the kernel: if nobody renews
 * it, because the process is dead, frozen or hangs, the kernel removes them by itself.
 */
final class AddressKeeper {
  /** The kernel counts in whole seconds and may be half a second late: 2 keeps it under 3. */
  static final int LIFETIME_SECONDS = 2;

  static final Duration RENEWAL = Duration.ofMillis(500);

  private final RouteSocket routes;
  private final List<Cidr> addresses;
  private final boolean[] ownRoute;
  private boolean holding;
  private Instant renewedAt = Instant.MIN;

  AddressKeeper(RouteSocket routes, List<Cidr> addresses) {
    this.routes = routes;
    this.addresses = List.copyOf(addresses);
    this.ownRoute = new boolean[addresses.size()];
  }

  Instant renewAt() {
    return holding ? renewedAt.plus(RENEWAL) : Instant.MAX;
  }

  void add(Link link, Instant now) throws LinuxException {
    for (int i = 0; i < addresses.size(); i++) {
      Cidr each = addresses.get(i);
      ownRoute[i] = !(each.address() instanceof Inet6Address) || !covered(link, each);
    }
    write(link, now);
  }

  /** Renews what is due, if the daemon gave a sign of life since the last time. */
  void renew(Link link, Instant lastHeartbeat, Instant now) throws LinuxException {
    if (holding && !now.isBefore(renewAt()) && lastHeartbeat.isAfter(renewedAt)) {
      write(link, now);
    }
  }

  private void write(Link link, Instant now) throws LinuxException {
    holding = true;
    renewedAt = now;
    for (int i = 0; i < addresses.size(); i++) {
      Cidr each = addresses.get(i);
      routes.add(link, each.address(), each.prefix(), LIFETIME_SECONDS, ownRoute[i]);
    }
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
