package io.trunkline.vip;

import io.trunkline.vip.linux.AddressOnLink;
import io.trunkline.vip.linux.Link;
import io.trunkline.vip.linux.LinuxException;
import io.trunkline.vip.linux.Poller;
import io.trunkline.vip.linux.RouteMonitor;
import io.trunkline.vip.linux.RouteSocket;
import io.trunkline.vip.vrrp.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
  static final Duration HEARTBEAT_LIMIT = Duration.ofMillis(1500);

  private static final Duration OVERSLEPT = Duration.ofMillis(5);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
  private static final String ALL = "*";

  private final InstantSource clock;
  private final Notifier notifier;
  private final RouteSocket routes;
  private final RouteMonitor monitor;
  private final Poller poller;
  private final List<Port> ports = new ArrayList<>();
  private final Queue<Consumer<Instant>> requests = new ConcurrentLinkedQueue<>();
  private final TimerLateness lateness = new TimerLateness();
  private volatile Instant heartbeatAt;
  private volatile boolean stopped;
  private boolean heartbeatLost;
  private boolean overrun;

  VipLoop(InstantSource clock, Notifier notifier) throws LinuxException {
    this.clock = clock;
    this.notifier = notifier;
    this.heartbeatAt = clock.instant();
    routes = RouteSocket.open();
    monitor = RouteMonitor.open(routes);
    poller = new Poller();
  }

  RouteSocket routes() {
    return routes;
  }

  TimerLateness lateness() {
    return lateness;
  }

  Instant now() {
    return clock.instant();
  }

  void heartbeat() {
    heartbeatAt = clock.instant();
  }

  /** Runs that on the loop's thread. */
  void post(Consumer<Instant> request) {
    requests.add(request);
    poller.wake();
  }

  /** Opens the sockets of these ports. Says what is missing: an interface, a capability. */
  void open(List<Port> all) throws LinuxException {
    ports.addAll(all);
    List<Link> links = routes.links();
    for (Port port : ports) {
      Link link =
          links.stream()
              .filter(each -> each.name().equals(port.name()))
              .findFirst()
              .orElseThrow(() -> noSuchInterface(port, links));
      port.linked(link);
      for (VipInstance instance : port.instances()) {
        instance.clean();
        routes.checkPermission(link);
      }
    }
    watch();
  }

  private static LinuxException noSuchInterface(Port port, List<Link> links) {
    return LinuxException.saying(
        "there is no interface %s: this host has %s"
            .formatted(port.name(), String.join(", ", links.stream().map(Link::name).toList())));
  }

  void run() {
    Instant now = clock.instant();
    linksChanged(now);
    while (!stopped) {
      try {
        turn();
      } catch (RuntimeException e) {
        // A defect in one turn must not end them all; nothing is renewed by a turn that failed.
        notifier.warning(ALL, "a turn of the VRRP loop failed: " + e);
        poller.await(Duration.ofMillis(10));
      }
    }
  }

  private void turn() {
    Instant deadline = deadline();
    Instant before = clock.instant();
    Duration wait = Duration.between(before, deadline);
    poller.await(wait);
    Instant now = clock.instant();
    if (!now.isBefore(deadline)) {
      lateness.record(Duration.between(wait.isPositive() ? deadline : before, now));
    }
    if (now.isAfter(deadline.plus(OVERSLEPT))) {
      // This thread stood still for a moment: what came meanwhile may not be in the last answer.
      poller.await(Duration.ZERO);
      now = clock.instant();
    }
    if (now.isAfter(deadline.plus(HEARTBEAT_LIMIT))) {
      // It was this whole process that did not run: the others get their turn first.
      heartbeatAt = now;
    }
    for (Consumer<Instant> request = requests.poll(); request != null; request = requests.poll()) {
      request.accept(now);
    }
    for (int i = 0; i < ports.size(); i++) {
      ports.get(i).receive(poller, now);
    }
    if (poller.ready(monitor.fd())) {
      monitor.drain(this);
    }
    if (overrun) {
      overrun = false;
      linksChanged(now);
    }
    checkHeartbeat(now);
    for (int i = 0; i < ports.size(); i++) {
      List<VipInstance> instances = ports.get(i).instances();
      for (int j = 0; j < instances.size(); j++) {
        instances.get(j).onTime(now, heartbeatAt);
      }
    }
  }

  private Instant deadline() {
    Instant first = clock.instant().plus(LONGEST_WAIT);
    for (int i = 0; i < ports.size(); i++) {
      List<VipInstance> instances = ports.get(i).instances();
      for (int j = 0; j < instances.size(); j++) {
        Instant candidate = instances.get(j).deadline();
        first = candidate.isBefore(first) ? candidate : first;
      }
    }
    Instant fence = heartbeatAt.plus(HEARTBEAT_LIMIT);
    return !heartbeatLost && fence.isBefore(first) ? fence : first;
  }

  private void checkHeartbeat(Instant now) {
    boolean lost = !now.isBefore(heartbeatAt.plus(HEARTBEAT_LIMIT));
    if (lost == heartbeatLost) {
      return;
    }
    heartbeatLost = lost;
    each(
        instance -> {
          if (lost) {
            instance.hold(Hold.HEARTBEAT, Reason.HEARTBEAT_LOST, now);
          } else {
            instance.release(Hold.HEARTBEAT, now);
          }
        });
  }

  void each(Consumer<VipInstance> action) {
    ports.forEach(port -> port.instances().forEach(action));
  }

  /** Looks at all links again. */
  private void linksChanged(Instant now) {
    try {
      List<Link> links = routes.links();
      for (Port port : ports) {
        links.stream()
            .filter(each -> each.name().equals(port.name()))
            .findFirst()
            .ifPresentOrElse(link -> linked(port, link, now), () -> unlinked(port, now));
      }
    } catch (LinuxException e) {
      notifier.warning(ALL, String.valueOf(e.getMessage()));
    }
  }

  private void linked(Port port, Link link, Instant now) {
    try {
      port.linked(link);
    } catch (LinuxException e) {
      notifier.warning(ALL, String.valueOf(e.getMessage()));
      unlinked(port, now);
      return;
    }
    watch();
    for (VipInstance instance : port.instances()) {
      if (port.up()) {
        instance.release(Hold.LINK, now);
      } else {
        instance.hold(Hold.LINK, Reason.LINK_DOWN, now);
      }
    }
  }

  private void unlinked(Port port, Instant now) {
    port.instances().forEach(instance -> instance.hold(Hold.LINK, Reason.LINK_DOWN, now));
    port.close();
    watch();
  }

  private void watch() {
    poller.clear();
    poller.watch(monitor.fd());
    ports.forEach(port -> port.watchedBy(poller));
  }

  @Override
  public void linkChanged(Link link) {
    Instant now = clock.instant();
    for (Port port : ports) {
      boolean known = port.link().map(Link::index).filter(each -> each == link.index()).isPresent();
      if (port.name().equals(link.name())) {
        linked(port, link, now);
      } else if (known) {
        unlinked(port, now); // renamed
      }
    }
  }

  @Override
  public void linkGone(Link link) {
    Instant now = clock.instant();
    ports.stream()
        .filter(port -> port.link().filter(each -> each.index() == link.index()).isPresent())
        .forEach(port -> unlinked(port, now));
  }

  @Override
  public void addressAdded(AddressOnLink address) {
    Instant now = clock.instant();
    at(address, instance -> instance.release(Hold.LOCAL_ADDRESS, now));
  }

  @Override
  public void addressGone(AddressOnLink address) {
    Instant now = clock.instant();
    at(address, instance -> instance.onAddressGone(address, now));
  }

  private void at(AddressOnLink address, Consumer<VipInstance> action) {
    for (Port port : ports) {
      if (port.link().filter(each -> each.index() == address.linkIndex()).isPresent()) {
        port.instances().forEach(action);
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
    ports.forEach(Port::close);
    monitor.close();
    routes.close();
    poller.close();
  }
}
