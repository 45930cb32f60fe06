package io.trunkline.vip;

import io.trunkline.vip.linux.AddressOnLink;
import io.trunkline.vip.linux.Link;
import io.trunkline.vip.linux.LinuxException;
import io.trunkline.vip.linux.PacketSocket;
import io.trunkline.vip.linux.Poller;
import io.trunkline.vip.linux.RouteSocket;
import io.trunkline.vip.linux.VrrpSocket;
import io.trunkline.vip.vrrp.Datagram;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One network interface, its sockets, and the VIPs on it. The interface may go and come back. */
final class VipInterface implements AutoCloseable {
  private final String name;
  private final RouteSocket routes;
  private final List<VipInstance> instances = new ArrayList<>();
  private final List<VrrpInstance> routers = new ArrayList<>();
  private @Nullable Link link;
  private @Nullable VrrpSocket ipv4;
  private @Nullable VrrpSocket ipv6;
  private @Nullable PacketSocket packets;

  VipInterface(String name, RouteSocket routes) {
    this.name = name;
    this.routes = routes;
  }

  String name() {
    return name;
  }

  void attach(VipInstance instance) {
    instances.add(instance);
    if (instance instanceof VrrpInstance router) {
      routers.add(router);
    }
  }

  List<VipInstance> instances() {
    return instances;
  }

  /** The link, if its sockets are open. */
  @Nullable Link link() {
    return link;
  }

  /** Whether its sockets are open on the link with that index. */
  boolean at(int linkIndex) {
    return link != null && link.index() == linkIndex;
  }

  boolean up() {
    return link != null && link.up();
  }

  /** The interface is there, or has changed. Another index means that it is another one. */
  void linked(Link now) throws LinuxException {
    Link before = link;
    if (before != null && before.index() == now.index() && before.mac().equals(now.mac())) {
      link = now;
      return;
    }
    close();
    try {
      if (routers.stream().anyMatch(each -> !each.router().ipv6())) {
        ipv4 = VrrpSocket.open(now, false);
      }
      if (routers.stream().anyMatch(each -> each.router().ipv6())) {
        ipv6 = VrrpSocket.open(now, true);
      }
      packets =
          PacketSocket.open(
              now, instances.stream().flatMap(each -> each.addresses.all().stream()).toList());
      link = now;
    } catch (LinuxException e) {
      close();
      throw e;
    }
  }

  void watchedBy(Poller poller) {
    if (ipv4 != null) {
      poller.watch(ipv4.fd());
    }
    if (ipv6 != null) {
      poller.watch(ipv6.fd());
    }
    if (packets != null) {
      poller.watch(packets.fd());
    }
  }

  @Nullable VrrpSocket socket(boolean wantsIpv6) {
    return wantsIpv6 ? ipv6 : ipv4;
  }

  @Nullable PacketSocket packets() {
    return packets;
  }

  /** The address to advertise from: never a virtual one; for IPv6 the link-local one. */
  Optional<InetAddress> local(boolean wantsIpv6) throws LinuxException {
    Link here = link;
    if (here == null) {
      return Optional.empty();
    }
    return routes.addresses(here.index()).stream()
        .filter(AddressOnLink::primary)
        .filter(
            each ->
                instances.stream().noneMatch(instance -> instance.addresses.has(each.address())))
        .map(AddressOnLink::address)
        .filter(
            each ->
                wantsIpv6
                    ? each instanceof Inet6Address && each.isLinkLocalAddress()
                    : each instanceof Inet4Address)
        .findFirst();
  }

  /** Hands out everything that has arrived. */
  void receive(Poller poller, long now) {
    if (ipv4 != null && poller.ready(ipv4.fd())) {
      receive(ipv4, false, now);
    }
    if (ipv6 != null && poller.ready(ipv6.fd())) {
      receive(ipv6, true, now);
    }
    PacketSocket open = packets;
    if (open != null && poller.ready(open.fd())) {
      for (PacketSocket.Contender each = open.contender(); each != null; each = open.contender()) {
        onContender(each, now);
      }
    }
  }

  private void onContender(PacketSocket.Contender contender, long now) {
    for (int i = 0; i < instances.size(); i++) {
      VipInstance instance = instances.get(i);
      if (instance.minds(contender.address()) && !ours(contender)) {
        instance.onContender(contender, now);
      }
    }
  }

  /** Linux answers ARP for an address of one interface on any other of the same network. */
  private boolean ours(PacketSocket.Contender contender) {
    try {
      return routes.links().stream().anyMatch(each -> each.mac().equals(contender.mac()));
    } catch (LinuxException e) {
      return false;
    }
  }

  private void receive(VrrpSocket socket, boolean isIpv6, long now) {
    for (Datagram each = socket.receive(); each != null; each = socket.receive()) {
      int routerId =
          each.message().remaining() < 2
              ? -1
              : each.message().get(each.message().position() + 1) & 0xff;
      boolean ours = has(routerId, isIpv6);
      for (int i = 0; i < routers.size(); i++) {
        VrrpInstance instance = routers.get(i);
        // A message of another group here is not worth a word to this one.
        boolean concerned = !ours || instance.router().routerId() == routerId;
        if (instance.router().ipv6() == isIpv6 && concerned) {
          instance.onDatagram(each, now);
        }
      }
    }
  }

  private boolean has(int routerId, boolean isIpv6) {
    for (int i = 0; i < routers.size(); i++) {
      if (routers.get(i).router().routerId() == routerId
          && routers.get(i).router().ipv6() == isIpv6) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    link = null;
    if (ipv4 != null) {
      ipv4.close();
      ipv4 = null;
    }
    if (ipv6 != null) {
      ipv6.close();
      ipv6 = null;
    }
    if (packets != null) {
      packets.close();
      packets = null;
    }
  }
}
