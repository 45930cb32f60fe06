package io.trunkline.simulation.node;

import io.netty.channel.Channel;
import io.trunkline.config.ClusterConfig;
import io.trunkline.config.ListenerConfig;
import io.trunkline.config.VipConfig;
import io.trunkline.healthcheck.ClusterObserver;
import io.trunkline.healthcheck.ObserverPlatform;
import io.trunkline.healthcheck.dcs.DcsSource;
import io.trunkline.healthcheck.dcs.etcd.EtcdEndpoint;
import io.trunkline.healthcheck.dcs.etcd.EtcdSource;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.ConnectObserver;
import io.trunkline.routing.Event;
import io.trunkline.routing.EventName;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.WriteDecision;
import io.trunkline.routing.WritePolicy;
import io.trunkline.routing.WriteReason;
import io.trunkline.routing.WriteRouting;
import io.trunkline.routing.WriteState;
import io.trunkline.simulation.etcd.SimulatedEndpoint;
import io.trunkline.simulation.etcd.SimulatedLeaseStore;
import io.trunkline.simulation.invariant.Promise;
import io.trunkline.simulation.network.SimulatedChannel;
import io.trunkline.simulation.time.Randomness;
import io.trunkline.simulation.time.SimulatedLoop;
import io.trunkline.simulation.time.SimulatedProcess;
import io.trunkline.simulation.time.Workers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * One life of the daemon: the observer of the cluster, the routing, the sessions and the VIPs are
 * Trunkline's own; threads, sockets, the disk and etcd's client are simulated. It puts them
 * together as {@code Daemon} and {@code Clusters} do.
 */
final class NodeProcess {
  private static final String VIP_PREFIX = "/trunkline/main/vip/lease/";

  private final NodeWorld world;
  private final String name;
  private final String host;
  private final SimulatedProcess process;
  private final SimulatedLoop health;
  private final ClusterObserver observer;
  private final RoutingCell cell = new RoutingCell();
  private final WriteRouting routing;
  private final List<ProxyListener> listeners = new ArrayList<>();
  private final VrrpVip vrrp;
  private final LeaseVip lease;
  private final KernelAddress vrrpAddress;
  private Optional<Boolean> serving = Optional.empty();

  NodeProcess(
      NodeWorld world,
      String name,
      String host,
      int number,
      SimulatedProcess process,
      MarkDisk disk,
      int life) {
    this.world = world;
    this.name = name;
    this.host = host;
    this.process = process;
    String stream = name + " " + life + " ";
    this.health =
        new SimulatedLoop(process, new Randomness(world.seed(), stream + "health"), false);
    ClusterConfig cluster = world.config().clusters().getFirst();
    this.routing = new WriteRouting(WritePolicy.of(cluster));
    Workers workers = new Workers(process, new Randomness(world.seed(), stream + "workers"));
    ObserverPlatform platform =
        new ObserverPlatform(
            health,
            this::socket,
            workers,
            process.clock().wall(),
            _ -> world.wiring().timelines(disk.of(process)),
            (_, _, loop, inLoop, journal, listener) ->
                etcd(cluster.prefix(), inLoop, journal, listener));
    this.observer =
        new ClusterObserver(cluster, process.clock().steady(), this::tell, this::onView, platform);
    for (ListenerConfig listener : world.config().listeners()) {
      listeners.add(
          new ProxyListener(
              world, name, host, listener, cluster, cell, connects(), this::tell, process, stream));
    }
    Randomness random = new Randomness(world.seed(), stream + "vip");
    VipConfig first = world.config().vips().get(0);
    VipConfig second = world.config().vips().get(1);
    this.vrrpAddress =
        new KernelAddress(name, host, world.vrrp(), world.network(), world.scheduler(), random);
    this.vrrp =
        new VrrpVip(
            first,
            100 - number,
            name,
            host,
            world.network(),
            vrrpAddress,
            process,
            random,
            world.coverage(),
            world.story());
    this.lease =
        new LeaseVip(
            second,
            name,
            world
                .wiring()
                .leases(new SimulatedLeaseStore(world.etcd(), host, name, VIP_PREFIX, process)),
            new KernelAddress(
                name, host, world.lease(), world.network(), world.scheduler(), random),
            process,
            random,
            world.coverage(),
            world.story());
  }

  SimulatedProcess process() {
    return process;
  }

  private DcsSource etcd(
      String prefix,
      Executor inLoop,
      io.trunkline.healthcheck.common.Journal journal,
      DcsSource.Listener listener) {
    List<EtcdEndpoint> endpoints = new ArrayList<>();
    for (int member = 0; member < world.etcd().hosts().size(); member++) {
      endpoints.add(new SimulatedEndpoint(world.etcd(), member, host, prefix, process, inLoop));
    }
    return new EtcdSource(endpoints, health, inLoop, process.clock().steady(), journal, listener);
  }

  private Channel socket() {
    return new SimulatedChannel(world.network(), process, host, (_, _) -> {});
  }

  void start() {
    observer.start();
    listeners.forEach(ProxyListener::start);
    vrrp.start();
    lease.start();
  }

  /** Counts why sessions have ended in this life. */
  void countEnds() {
    listeners.forEach(ProxyListener::countEnds);
  }

  void kill() {
    listeners.forEach(ProxyListener::stopListening);
    countEnds();
    world.network().leave("224.0.0.18", host);
    process.kill();
    world.story().tell(name, () -> "is killed");
  }

  /** Lets the addresses go, as at an orderly end. */
  void release() {
    vrrp.release();
    lease.release();
  }

  void acceptTimeline() {
    world
        .routing()
        .table(name)
        .flatMap(table -> table.view().mark().regression())
        .ifPresent(
            regression -> {
              world.routing().accepted(name, regression.timeline());
              world.coverage().count("fault", "timeline_accepted");
              observer.acceptTimeline();
            });
  }

  private ConnectObserver connects() {
    return new ConnectObserver() {
      @Override
      public void connected(String cluster, String member) {
        observer.connected(member);
      }

      @Override
      public void failed(String cluster, String member, String failure) {
        observer.failed(member, failure);
      }

      @Override
      public void standbySeen(String cluster, String member) {
        observer.standbySeen(member);
      }
    };
  }

  /** On the loop of the observer, as {@code RoutingPublisher} does. */
  private void onView(ClusterView view) {
    Optional<RoutingTable> before = cell.current();
    RoutingTable now = world.wiring().table(before, RoutingTable.next(view, before, routing));
    cell.publish(now);
    world.routing().published(name, now);
    WriteDecision decision = now.write();
    if (before.map(table -> !table.write().equals(decision)).orElse(true)) {
      world.coverage().count("write_state", decision.state().name());
      world.coverage().count("write_reason", decision.reason().name());
      tell(routeChanged(before.map(RoutingTable::write), now));
    }
    bid(now);
  }

  private static Event routeChanged(Optional<WriteDecision> before, RoutingTable now) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("from", before.map(NodeProcess::describe).orElse("nothing"));
    fields.put("to", describe(now.write()));
    fields.put("reason", now.write().reason().label());
    now.write().owner().ifPresent(owner -> fields.put("owner", owner));
    if (now.write().blocked()) {
      fields.put("sessions", "blocked");
    }
    return new Event(now.view().at(), Event.Severity.INFO, EventName.WRITE_ROUTE_CHANGED, fields);
  }

  private static String describe(WriteDecision decision) {
    String state = decision.state().label();
    return decision.target().map(target -> state + "(" + target.member() + ")").orElse(state);
  }

  /** As {@code VipTracker} does, without the dial that finds out whether the primary is reached. */
  private void bid(RoutingTable table) {
    WriteDecision write = table.write();
    if (write.reason() == WriteReason.STARTING) {
      return;
    }
    boolean serves =
        write.state() != WriteState.ISOLATED && write.reason() != WriteReason.TWO_PRIMARIES;
    if (!serving.equals(Optional.of(serves))) {
      serving = Optional.of(serves);
      vrrp.serving(serves);
      lease.serving(serves);
    }
  }

  private void tell(Event event) {
    world.coverage().count("event", event.label());
    world.story().tell(name, event);
    switch (event.name()) {
      case OBSERVATION_FAILED, VIEW_NOT_TAKEN, REST_PROBE_STALLED, SENTINEL_STALLED ->
          world.violations().broken(Promise.NO_DEFECT, name + " told " + event);
      default -> {}
    }
  }
}
