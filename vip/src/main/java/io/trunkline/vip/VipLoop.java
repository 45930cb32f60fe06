package io.trunkline.vip;

import io.trunkline.config.DurationHistogram;
import io.trunkline.vip.linux.AddressOnLink;
import io.trunkline.vip.linux.Link;
import io.trunkline.vip.linux.LinuxException;
import io.trunkline.vip.linux.Poller;
import io.trunkline.vip.linux.RouteMonitor;
import io.trunkline.vip.linux.RouteSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * The one thread of all VIPs: waits for packets, netlink, requests and the next deadline. What has
 * arrived is handled before what is due, so that a master that was heard while this process did not
 * run is not mistaken for silent.
 */
final class VipLoop implements RouteMonitor.Listener, AutoCloseable {
  /** Without a sign of life for this long the daemon hangs: let go before the kernel does. */
  static final long HEARTBEAT_LIMIT = Duration.ofMillis(1500).toNanos();

  private static final long OVERSLEPT = Duration.ofMillis(5).toNanos();
  private static final long LONGEST_WAIT = Duration.ofSeconds(1).toNanos();
  private static final long PAUSE = Duration.ofMillis(10).toNanos();
  private static final String ALL = "*";

  private final LoopTime time;
  private final Notifier notifier;
  private final RouteSocket routes;
  private final RouteMonitor monitor;
  private final Poller poller;
  private final List<VipInterface> interfaces = new ArrayList<>();
  private final Queue<Consumer<Instant>> requests = new ConcurrentLinkedQueue<>();
  private final DurationHistogram lateness =
      new DurationHistogram(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000);
  private volatile long heartbeatAt;
  private volatile boolean stopped;
  private boolean heartbeatLost;
  private boolean overrun;

  VipLoop(LoopTime time, Notifier notifier) throws LinuxException {
    this.time = time;
    this.notifier = notifier;
    this.heartbeatAt = time.now();
    routes = RouteSocket.open();
    monitor = RouteMonitor.open(routes);
    poller = new Poller();
  }

  RouteSocket routes() {
    return routes;
  }

  DurationHistogram lateness() {
    return lateness;
  }

  Notifier notifier() {
    return notifier;
  }

  LoopTime time() {
    return time;
  }

  void heartbeat() {
    heartbeatAt = time.now();
  }

  /** Runs that on the loop's thread. */
  void post(Consumer<Instant> request) {
    requests.add(request);
    poller.wake();
  }

  /**
   * Opens the sockets of these interfaces. Says what is missing: an interface, a capability.
   *
   * @param clean removes what a former life left behind
   */
  void open(List<VipInterface> all, boolean clean) throws LinuxException {
    interfaces.addAll(all);
    List<Link> links = routes.links();
    for (VipInterface nic : interfaces) {
      Link link =
          links.stream()
              .filter(each -> each.name().equals(nic.name()))
              .findFirst()
              .orElseThrow(() -> noSuchInterface(nic, links));
      nic.linked(link);
      for (VipInstance instance : nic.instances()) {
        if (clean) {
          instance.addresses.clean(link);
        }
        routes.checkPermission(link);
      }
    }
    watch();
  }

  private static LinuxException noSuchInterface(VipInterface nic, List<Link> links) {
    return LinuxException.saying(
        "there is no interface %s: this host has %s"
            .formatted(nic.name(), String.join(", ", links.stream().map(Link::name).toList())));
  }

  void run() {
    linksChanged(moment());
    while (!stopped) {
      try {
        turn();
      } catch (RuntimeException e) {
        // A defect in one turn must not end them all; nothing is renewed by a turn that failed.
        notifier.warning(ALL, "a turn of the VRRP loop failed: " + e);
        poller.await(PAUSE);
      }
    }
  }

  private void turn() {
    long deadline = deadline();
    long before = time.now();
    poller.await(deadline - before);
    long now = time.now();
    if (now >= deadline) {
      lateness.record(now - Math.max(deadline, before));
    }
    if (now - deadline > OVERSLEPT) {
      // This thread stood still for a moment: what came meanwhile may not be in the last answer.
      poller.await(0);
      now = time.now();
    }
    if (now - deadline > HEARTBEAT_LIMIT) {
      // It was this whole process that did not run: the others get their turn first.
      heartbeatAt = now;
    }
    for (Consumer<Instant> request = requests.poll(); request != null; request = requests.poll()) {
      request.accept(time.moment(now));
    }
    for (int i = 0; i < interfaces.size(); i++) {
      interfaces.get(i).receive(poller, now);
    }
    if (poller.ready(monitor.fd())) {
      monitor.drain(this);
    }
    if (overrun) {
      overrun = false;
      linksChanged(time.moment(now));
    }
    checkHeartbeat(now);
    for (int i = 0; i < interfaces.size(); i++) {
      List<VipInstance> instances = interfaces.get(i).instances();
      for (int j = 0; j < instances.size(); j++) {
        instances.get(j).onTime(now, heartbeatAt);
      }
    }
  }

  private long deadline() {
    long first = time.now() + LONGEST_WAIT;
    for (int i = 0; i < interfaces.size(); i++) {
      List<VipInstance> instances = interfaces.get(i).instances();
      for (int j = 0; j < instances.size(); j++) {
        first = Math.min(first, instances.get(j).deadline());
      }
    }
    return heartbeatLost ? first : Math.min(first, heartbeatAt + HEARTBEAT_LIMIT);
  }

  private void checkHeartbeat(long now) {
    boolean lost = now - heartbeatAt >= HEARTBEAT_LIMIT;
    if (lost == heartbeatLost) {
      return;
    }
    heartbeatLost = lost;
    Instant moment = time.moment(now);
    each(
        instance -> {
          if (lost) {
            instance.hold(VipInstance.Hold.HEARTBEAT, VipReason.HEARTBEAT_LOST, moment);
          } else {
            instance.release(VipInstance.Hold.HEARTBEAT, moment);
          }
        });
  }

  private Instant moment() {
    return time.moment(time.now());
  }

  void each(Consumer<VipInstance> action) {
    interfaces.forEach(nic -> nic.instances().forEach(action));
  }

  /** Looks at all links again. */
  private void linksChanged(Instant now) {
    try {
      List<Link> links = routes.links();
      for (VipInterface nic : interfaces) {
        links.stream()
            .filter(each -> each.name().equals(nic.name()))
            .findFirst()
            .ifPresentOrElse(link -> linked(nic, link, now), () -> unlinked(nic, now));
      }
    } catch (LinuxException e) {
      notifier.warning(ALL, String.valueOf(e.getMessage()));
    }
  }

  private void linked(VipInterface nic, Link link, Instant now) {
    try {
      nic.linked(link);
    } catch (LinuxException e) {
      notifier.warning(ALL, String.valueOf(e.getMessage()));
      unlinked(nic, now);
      return;
    }
    watch();
    for (VipInstance instance : nic.instances()) {
      if (nic.up()) {
        instance.release(VipInstance.Hold.LINK, now);
      } else {
        instance.hold(VipInstance.Hold.LINK, VipReason.LINK_DOWN, now);
      }
    }
  }

  private void unlinked(VipInterface nic, Instant now) {
    nic.instances()
        .forEach(instance -> instance.hold(VipInstance.Hold.LINK, VipReason.LINK_DOWN, now));
    nic.close();
    watch();
  }

  private void watch() {
    poller.clear();
    poller.watch(monitor.fd());
    interfaces.forEach(nic -> nic.watchedBy(poller));
  }

  @Override
  public void linkChanged(Link link) {
    Instant now = moment();
    for (VipInterface nic : interfaces) {
      if (nic.name().equals(link.name())) {
        linked(nic, link, now);
      } else if (nic.at(link.index())) {
        unlinked(nic, now); // renamed
      }
    }
  }

  @Override
  public void linkGone(Link link) {
    Instant now = moment();
    interfaces.stream().filter(nic -> nic.at(link.index())).forEach(nic -> unlinked(nic, now));
  }

  @Override
  public void addressAdded(int linkIndex) {
    for (int i = 0; i < interfaces.size(); i++) {
      if (interfaces.get(i).at(linkIndex)) {
        addressAdded(interfaces.get(i));
      }
    }
  }

  /** The kernel tells of every renewal of an IPv6 address, too. */
  private void addressAdded(VipInterface nic) {
    List<VipInstance> instances = nic.instances();
    for (int i = 0; i < instances.size(); i++) {
      if (instances.get(i).held(VipInstance.Hold.LOCAL_ADDRESS)) {
        instances.get(i).release(VipInstance.Hold.LOCAL_ADDRESS, moment());
      }
    }
  }

  @Override
  public void addressGone(AddressOnLink address) {
    Instant now = moment();
    for (VipInterface nic : interfaces) {
      if (nic.at(address.linkIndex())) {
        nic.instances().forEach(instance -> instance.onAddressGone(address, now));
      }
    }
  }

  @Override
  public void overrun() {
    overrun = true;
  }

  /** Ends {@link #run}. */
  void stop() {
    stopped = true;
    poller.wake();
  }

  /** Closes the sockets, once {@link #run} has ended. */
  @Override
  public void close() {
    interfaces.forEach(VipInterface::close);
    monitor.close();
    routes.close();
    poller.close();
  }
}
