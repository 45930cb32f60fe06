package io.trunkline.simulation.scenario;

import io.trunkline.simulation.etcd.EtcdCluster;
import io.trunkline.simulation.etcd.EtcdStore;
import io.trunkline.simulation.invariant.FencingRules;
import io.trunkline.simulation.invariant.RoutingRules;
import io.trunkline.simulation.network.Network;
import io.trunkline.simulation.node.ProxyNode;
import io.trunkline.simulation.patroni.Patroni;
import io.trunkline.simulation.patroni.PatroniPeers;
import io.trunkline.simulation.patroni.PatroniRest.Trouble;
import io.trunkline.simulation.patroni.PatroniSettings;
import io.trunkline.simulation.patroni.PatroniVersion;
import io.trunkline.simulation.story.Coverage;
import io.trunkline.simulation.story.Story;
import io.trunkline.simulation.time.LocalClock;
import io.trunkline.simulation.time.Scheduler;
import io.trunkline.simulation.time.SimulatedProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Does to the machines what a plan says, and undoes it. */
final class Faults {
  private static final double SLOW_MILLIS = 40;

  private final Plan plan;
  private final Scheduler scheduler;
  private final Network network;
  private final EtcdCluster etcd;
  private final PatroniPeers peers;
  private final List<ProxyNode> nodes;
  private final FencingRules fencing;
  private final RoutingRules routing;
  private final Coverage coverage;
  private final Story story;
  private final List<String> hosts = new ArrayList<>();
  private PatroniSettings settings;
  private long watchTroubleUntil;
  private long restTroubleUntil;

  Faults(
      Plan plan,
      Scheduler scheduler,
      Network network,
      EtcdCluster etcd,
      PatroniPeers peers,
      List<ProxyNode> nodes,
      FencingRules fencing,
      RoutingRules routing,
      Coverage coverage,
      Story story) {
    this.plan = plan;
    this.scheduler = scheduler;
    this.network = network;
    this.etcd = etcd;
    this.peers = peers;
    this.nodes = nodes;
    this.fencing = fencing;
    this.routing = routing;
    this.coverage = coverage;
    this.story = story;
    this.settings = plan.patroni();
    hosts.addAll(etcd.hosts());
    peers.all().forEach(member -> hosts.add(member.host()));
    nodes.forEach(node -> hosts.add(node.host()));
  }

  void schedule() {
    for (Fault fault : plan.faults()) {
      scheduler.at(fault.at(), () -> begin(fault));
    }
  }

  /** Patroni's configuration as it is now. */
  String configKey() {
    return settings.json();
  }

  /** Whether watches may be told late or nothing. */
  boolean watchTrouble() {
    return scheduler.now() < watchTroubleUntil;
  }

  /** Whether a REST API may say what is not so. */
  boolean restMayLie() {
    return scheduler.now() < restTroubleUntil;
  }

  private void begin(Fault fault) {
    coverage.count("fault", fault.kind().name());
    story.tell("FAULT", fault::toString);
    int which = fault.which();
    switch (fault.kind()) {
      case PARTITION -> partition(fault);
      case ISOLATION -> cutFor(fault, List.of(host(which)), others(List.of(host(which))), true);
      case ONE_WAY -> cutFor(fault, List.of(host(which)), List.of(host(which / 10 + 1)), false);
      case SLOW -> slow(fault);
      case NODE_WITHOUT_ETCD -> cutFor(fault, List.of(node(which).host()), etcd.hosts(), true);
      case NODE_AND_MEMBER_ALONE -> {
        List<String> alone = List.of(node(which).host(), leaderOrAny(which).host());
        cutFor(fault, alone, others(alone), true);
      }
      case ONLY_POSTGRES -> {
        etcd.stopUntil(which % 3, fault.until());
        etcd.stopUntil((which + 1) % 3, fault.until());
        peers.all().forEach(member -> member.rest().trouble(Trouble.SILENT));
        scheduler.at(
            fault.until(),
            () -> peers.all().forEach(member -> member.rest().trouble(Trouble.NONE)));
      }
      case DATAGRAMS -> {
        network.loseDatagrams(5 + which % 60);
        scheduler.at(fault.until(), () -> network.loseDatagrams(0));
      }
      case ETCD_STOPPED -> etcd.stopUntil(which % 3, fault.until());
      case ETCD_POWER -> powerFor(fault, etcd.hosts().get(which % 3), () -> {});
      case ETCD_DOWN -> {
        etcd.stopUntil(which % 3, fault.until());
        etcd.stopUntil((which + 1) % 3, fault.until());
      }
      case ETCD_LEADER -> etcd.moveLeader();
      case WATCH_LATE -> {
        etcd.store().stallWatches(which % 3, fault.until());
        watchTroubleUntil = Math.max(watchTroubleUntil, fault.until());
      }
      case WATCH_MUTE -> {
        etcd.store().muteWatches(which % 3);
        watchTroubleUntil = scheduler.now() + TimeUnit.DAYS.toNanos(1);
      }
      case WATCH_BROKEN -> {
        etcd.store().breakWatches(etcd, which % 3);
        watchTroubleUntil = Math.max(watchTroubleUntil, scheduler.now() + seconds(2));
      }
      case COMPACTION -> {
        etcd.store().compact();
        watchTroubleUntil = Math.max(watchTroubleUntil, scheduler.now() + seconds(2));
      }
      case PATRONI_STOPPED -> leaderOrAny(which).process().stopUntil(fault.until());
      case KEY_PUT_BACK ->
          leaderOrAny(-1)
              .stopAtRenewal(
                  seconds(plan.patroni().ttl() - plan.patroni().loopWait() + 2L + which % 14));
      case PATRONI_KILLED -> killPatroni(fault, leaderOrAny(which));
      case REST -> rest(fault);
      case POSTGRES_KILLED -> leaderOrAny(which).postgres().crash();
      case READ_ONLY -> {
        Patroni member = leaderOrAny(which);
        member.postgres().readOnly(true);
        scheduler.at(fault.until(), () -> member.postgres().readOnly(false));
      }
      case MEMBER_POWER -> memberPower(fault, leaderOrAny(which));
      case SWITCHOVER -> switchover(which);
      case PAUSE -> {
        pause(true);
        scheduler.at(fault.until(), () -> pause(false));
      }
      case NODE_KILLED -> {
        node(which).kill();
        scheduler.at(fault.until(), node(which)::start);
      }
      case NODE_RESTARTED -> {
        node(which).stop();
        scheduler.at(Math.max(fault.until(), fault.at() + seconds(2)), node(which)::start);
      }
      case NODE_STOPPED -> node(which).stopUntil(fault.until());
      case NODE_BUSY -> node(which).busyUntil(fault.until());
      case NODE_POWER -> powerFor(fault, node(which).host(), node(which)::start);
      case NODE_DISK -> {
        ProxyNode node = node(which);
        disk(node, true);
        scheduler.at(fault.until(), () -> disk(node, false));
      }
      case NODE_CLOCK -> {
        LocalClock clock = node(which).clock();
        clock.setWall(seconds(which - 500L));
        scheduler.at(fault.until(), () -> clock.setWall(0));
      }
    }
  }

  private static long seconds(long number) {
    return TimeUnit.SECONDS.toNanos(number);
  }

  private ProxyNode node(int which) {
    return nodes.get(Math.floorMod(which, nodes.size()));
  }

  private String host(int which) {
    return hosts.get(Math.floorMod(which, hosts.size()));
  }

  private List<String> others(List<String> than) {
    return hosts.stream().filter(each -> !than.contains(each)).toList();
  }

  /** In half of the cases whoever holds the key; for a negative number always. */
  private Patroni leaderOrAny(int which) {
    String leader =
        etcd.store().get(Simulation.PREFIX + "leader").map(EtcdStore.Stored::value).orElse("");
    if (which < 0 || which % 2 == 0) {
      for (Patroni each : peers.all()) {
        if (each.name().equals(leader)) {
          return each;
        }
      }
    }
    return peers.all().get(Math.floorMod(which / 2, peers.all().size()));
  }

  // The network.

  private void partition(Fault fault) {
    List<String> one = new ArrayList<>();
    for (int i = 0; i < hosts.size(); i++) {
      if (((fault.which() >> i) & 1) == 1) {
        one.add(hosts.get(i));
      }
    }
    cutFor(fault, one, others(one), true);
  }

  private void cutFor(Fault fault, List<String> from, List<String> to, boolean bothWays) {
    cut(from, to, bothWays);
    scheduler.at(fault.until(), () -> mend(from, to, bothWays));
  }

  private void cut(List<String> from, List<String> to, boolean bothWays) {
    for (String one : from) {
      for (String other : to) {
        if (!one.equals(other)) {
          network.cut(one, other);
          if (bothWays) {
            network.cut(other, one);
          }
        }
      }
    }
  }

  private void mend(List<String> from, List<String> to, boolean bothWays) {
    for (String one : from) {
      for (String other : to) {
        network.mend(one, other);
        if (bothWays) {
          network.mend(other, one);
        }
      }
    }
  }

  private void slow(Fault fault) {
    String one = host(fault.which());
    String other = host(fault.which() / 10 + 1);
    network.slow(one, other, SLOW_MILLIS);
    fencing.margin(seconds(2));
    scheduler.at(fault.until(), () -> network.slow(one, other, 0));
  }

  // Power.

  private void powerFor(Fault fault, String host, Runnable restarted) {
    for (ProxyNode node : nodes) {
      if (node.host().equals(host)) {
        node.kill();
      }
    }
    network.powerOff(host);
    scheduler.at(
        fault.until(),
        () -> {
          network.powerOn(host);
          restarted.run();
        });
  }

  private void memberPower(Fault fault, Patroni member) {
    member.process().kill();
    member.postgres().crash();
    network.powerOff(member.host());
    scheduler.at(
        fault.until(),
        () -> {
          network.powerOn(member.host());
          restart(member, fault.which());
        });
  }

  private void killPatroni(Fault fault, Patroni member) {
    member.process().kill();
    scheduler.at(fault.until(), () -> restart(member, fault.which()));
  }

  private void restart(Patroni member, int which) {
    if (!member.process().dead() || !network.powered(member.host())) {
      return;
    }
    PatroniVersion version =
        which % 5 == 0
            ? PatroniVersion.V4_0
            : which % 5 == 1 ? PatroniVersion.V3_0 : plan.version();
    member.restart(
        version,
        new SimulatedProcess(
            member.process().name(), scheduler, member.process().clock(), (_, _) -> {}));
  }

  // Patroni.

  private void rest(Fault fault) {
    int which = fault.which();
    Patroni member = which < 0 ? leaderOrAny(-1) : peers.all().get(which % 3);
    Trouble[] kinds = Trouble.values();
    Trouble kind = kinds[1 + Math.abs(which) / 3 % (kinds.length - 1)];
    coverage.count("fault", "REST_" + kind);
    member.rest().trouble(kind);
    restTroubleUntil = Math.max(restTroubleUntil, fault.until() + seconds(15));
    scheduler.at(fault.until(), () -> member.rest().trouble(Trouble.NONE));
  }

  private void switchover(int which) {
    Patroni leader = leaderOrAny(-1);
    String candidate = which % 3 == 0 ? "" : peers.all().get(which % peers.all().size()).name();
    etcd.store()
        .put(
            Simulation.PREFIX + "failover",
            "{\"leader\":\"%s\",\"member\":\"%s\"}".formatted(leader.name(), candidate),
            0);
  }

  private void pause(boolean on) {
    settings = settings.paused(on);
    peers.all().forEach(member -> member.configure(settings));
    etcd.store().put(Simulation.PREFIX + "config", settings.json(), 0);
  }

  // Nodes.

  private void disk(ProxyNode node, boolean full) {
    node.disk().full(full);
    routing.disk(node.name(), !full);
  }

  /** All is well again. */
  void healAll() {
    story.tell("FAULT", () -> "all are over");
    for (String one : hosts) {
      network.powerOn(one);
      for (String other : hosts) {
        network.mend(one, other);
        network.slow(one, other, 0);
      }
    }
    network.loseDatagrams(0);
    if (settings.pause()) {
      pause(false);
    }
    for (Patroni member : peers.all()) {
      member.rest().trouble(Trouble.NONE);
      member.postgres().readOnly(false);
      restart(member, 2);
    }
    for (ProxyNode node : nodes) {
      disk(node, false);
      node.start();
    }
    watchTroubleUntil = scheduler.now() + seconds(12);
    fencing.margin(0);
  }
}
