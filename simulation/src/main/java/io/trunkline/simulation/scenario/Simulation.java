package io.trunkline.simulation.scenario;

import io.trunkline.config.ConfigLoader;
import io.trunkline.config.ConfigResult;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.routing.Picker;
import io.trunkline.simulation.client.Client;
import io.trunkline.simulation.etcd.EtcdCluster;
import io.trunkline.simulation.etcd.EtcdStore;
import io.trunkline.simulation.invariant.FencingRules;
import io.trunkline.simulation.invariant.HolderRules;
import io.trunkline.simulation.invariant.Promise;
import io.trunkline.simulation.invariant.QueueRules;
import io.trunkline.simulation.invariant.ReaderRules;
import io.trunkline.simulation.invariant.RoutingRules;
import io.trunkline.simulation.invariant.SessionRules;
import io.trunkline.simulation.invariant.Violations;
import io.trunkline.simulation.network.Network;
import io.trunkline.simulation.node.NodeWorld;
import io.trunkline.simulation.node.ProxyNode;
import io.trunkline.simulation.node.Wiring;
import io.trunkline.simulation.patroni.Patroni;
import io.trunkline.simulation.patroni.PatroniPeers;
import io.trunkline.simulation.patroni.PatroniRest;
import io.trunkline.simulation.postgres.Postgres;
import io.trunkline.simulation.story.Coverage;
import io.trunkline.simulation.story.Story;
import io.trunkline.simulation.time.LocalClock;
import io.trunkline.simulation.time.Randomness;
import io.trunkline.simulation.time.Scheduler;
import io.trunkline.simulation.time.SimulatedProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** One cluster, its nodes and their clients, and what a plan does to them. */
public final class Simulation {
  static final String PREFIX = "/service/main/";
  static final String CLIENTS = "10.0.0.41";

  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(250);
  private static final int TRIES = 2;

  private static final String CONFIGURATION =
      """
      clusters:
        - scope: main
          etcd: {hosts: ["10.0.0.11:2379", "10.0.0.12:2379", "10.0.0.13:2379"]}
          %s
      listeners:
        - {name: write, bind: "0.0.0.0:5000", route: primary, startup_timeout: 10s}
        - name: read
          bind: "0.0.0.0:5001"
          route: replica
          fallback: primary
          max_lag: 16MB
          startup_timeout: 10s
      vips:
        - {name: vrrp, interface: eth0, addresses: [10.0.0.100/24], mode: vrrp, vrrp: {router_id: 51}}
        - {name: lease, interface: eth0, addresses: [10.0.0.101/24], mode: etcd}
      """;

  private static final TrunklineConfig PLAIN = read(CONFIGURATION.formatted(""));

  private static final TrunklineConfig WITH_SENTINEL =
      read(
          CONFIGURATION.formatted(
              "sentinel: {user: trunkline, password: s, tls: {mode: disable}}"));

  private final Plan plan;
  private final Scheduler scheduler = new Scheduler();
  private final Coverage coverage = new Coverage();
  private final Story story;
  private final Violations violations;
  private final Network network;
  private final EtcdCluster etcd;
  private final PatroniPeers peers;
  private final List<ProxyNode> nodes = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();
  private final RoutingRules routing;
  private final FencingRules fencing;
  private final QueueRules queue;
  private final ReaderRules readers;
  private final Map<String, Postgres> members = new TreeMap<>();
  private final HolderRules vrrp;
  private final HolderRules lease;
  private final Faults faults;
  private final Map<String, Long> disturbedAt = new TreeMap<>();
  private long commits;

  /**
   * @param wiring what of the nodes is replaced
   * @param written whether the story is to be read
   */
  public Simulation(Plan plan, Wiring wiring, boolean written) {
    this.plan = plan;
    this.story = new Story(scheduler, written);
    this.violations = new Violations(story);
    long seed = plan.seed();
    this.network = new Network(scheduler, new Randomness(seed, "network"));
    this.etcd =
        new EtcdCluster(
            network,
            scheduler,
            new Randomness(seed, "etcd"),
            List.of("10.0.0.11", "10.0.0.12", "10.0.0.13"));
    this.peers = new PatroniPeers(network);
    this.routing = new RoutingRules(scheduler, violations);
    this.fencing = new FencingRules(scheduler, violations);
    SessionRules sessions = new SessionRules(violations);
    long hold = 5L + plan.patroni().ttl() + plan.patroni().loopWait();
    this.queue = new QueueRules(scheduler, violations, TimeUnit.SECONDS.toNanos(hold + 25));
    this.vrrp = new HolderRules(scheduler, violations, "vrrp", false);
    this.lease = new HolderRules(scheduler, violations, "lease", true);
    TrunklineConfig config = plan.sentinel() ? WITH_SENTINEL : PLAIN;
    this.readers =
        new ReaderRules(
            scheduler,
            violations,
            new Picker(config.listeners().get(1), Optional.empty(), () -> 0));
    network.onStray(what -> violations.broken(Promise.NOT_CUT_BY_CHANCE, what));
    etcd.store().observe(this::onKey);
    for (int i = 1; i <= 3; i++) {
      addMember(i);
    }
    NodeWorld world =
        new NodeWorld(
            seed,
            config,
            scheduler,
            network,
            etcd,
            members,
            violations,
            routing,
            sessions,
            vrrp,
            lease,
            wiring,
            coverage,
            story);
    List<Client.Gate> writing = new ArrayList<>();
    List<Client.Gate> reading = new ArrayList<>();
    for (int i = 1; i <= plan.nodes(); i++) {
      String host = "10.0.0.3" + i;
      nodes.add(new ProxyNode(world, "proxy-" + i, host, i, clock("proxy-" + i)));
      writing.add(new Client.Gate("proxy-" + i, host, 5000));
      reading.add(new Client.Gate("proxy-" + i, host, 5001));
    }
    for (int i = 1; i <= plan.writers() + plan.readers(); i++) {
      boolean writes = i <= plan.writers();
      String name = (writes ? "w" : "r") + i;
      clients.add(
          new Client(
              name,
              CLIENTS,
              writes,
              writes ? writing : reading,
              network,
              scheduler,
              new Randomness(seed, name),
              sessions,
              queue,
              coverage,
              story));
    }
    this.faults =
        new Faults(plan, scheduler, network, etcd, peers, nodes, fencing, routing, coverage, story);
  }

  private static TrunklineConfig read(String text) {
    ConfigResult result =
        new ConfigLoader(Map.of(), Set.of("eth0")).load(Path.of("simulation.yaml"), text);
    return switch (result) {
      case ConfigResult.Valid(TrunklineConfig config) -> config;
      case ConfigResult.Invalid invalid ->
          throw new IllegalStateException(String.valueOf(invalid.problems()));
    };
  }

  private LocalClock clock(String machine) {
    Randomness random = new Randomness(plan.seed(), "clock " + machine);
    return new LocalClock(
        scheduler, 1 + (random.below(2001) - 1000) / 1e6, random.millis(-300, 300));
  }

  private void addMember(int number) {
    String name = "db-" + number;
    String host = "10.0.0.2" + number;
    Postgres postgres =
        new Postgres(
            name,
            host,
            network,
            scheduler,
            new Randomness(plan.seed(), "postgres " + name),
            this::onCommit);
    members.put(host, postgres);
    Patroni patroni =
        new Patroni(
            name,
            host,
            PREFIX,
            peers,
            network,
            etcd,
            postgres,
            new Randomness(plan.seed(), "patroni " + name),
            plan.version(),
            plan.patroni(),
            new SimulatedProcess("patroni " + name, scheduler, clock(name), this::failed));
    peers.add(patroni);
  }

  private void failed(String who, Throwable cause) {
    violations.broken(Promise.NO_DEFECT, who + ": " + cause);
  }

  private void onKey(EtcdStore.Change change) {
    if (change.key().equals(PREFIX + "leader")) {
      String leader = change.stored().map(EtcdStore.Stored::value).orElse("");
      fencing.leader(leader);
      coverage.count("etcd", leader.isEmpty() ? "leader_key_gone" : "leader_key_put");
      story.tell("etcd", () -> leader.isEmpty() ? "the leader key is gone" : "leader = " + leader);
    } else if (change.key().equals(PREFIX + "failover")) {
      story.tell(
          "etcd", () -> "failover = " + change.stored().map(EtcdStore.Stored::value).orElse(""));
    }
  }

  private void onCommit(Postgres on, String session, long number) {
    commits++;
    int at = session.indexOf('@');
    if (at > 0) {
      fencing.committed(session.substring(at + 1), on.name(), session, faults.restMayLie());
    }
  }

  /** Lets it happen. */
  public Outcome run() {
    return run(Plan.END);
  }

  /**
   * Lets it happen until then; only at the end of the plan all has to be well.
   *
   * @param until in nanoseconds
   */
  public Outcome run(long until) {
    bootstrap();
    faults.schedule();
    scheduler.at(Plan.HEALED, faults::healAll);
    scheduler.after(LOOK, this::look);
    long end = TimeUnit.SECONDS.toNanos(1);
    while (end <= until && violations.first().isEmpty()) {
      scheduler.runUntil(end);
      end += TimeUnit.SECONDS.toNanos(1);
    }
    if (violations.first().isEmpty() && scheduler.now() >= Plan.END) {
      judge();
    }
    nodes.forEach(ProxyNode::countEnds);
    return new Outcome(
        plan,
        violations.first(),
        scheduler.now(),
        scheduler.steps(),
        commits,
        coverage,
        story.lines());
  }

  private void bootstrap() {
    List<Patroni> all = peers.all();
    etcd.store().put(PREFIX + "initialize", PatroniRest.SYSTEM, 0);
    etcd.store().put(PREFIX + "config", faults.configKey(), 0);
    for (int i = 0; i < all.size(); i++) {
      all.get(i).postgres().bootstrap(i == 0 ? null : all.get(0).postgres());
      all.get(i).start();
    }
    nodes.forEach(ProxyNode::start);
    clients.forEach(Client::start);
  }

  private void look() {
    for (ProxyNode node : nodes) {
      boolean whole = true;
      boolean some = false;
      for (int member = 0; member < etcd.hosts().size(); member++) {
        String host = etcd.hosts().get(member);
        boolean reached =
            etcd.serves(member)
                && network.open(node.host(), host)
                && network.open(host, node.host());
        whole &= reached;
        some |= reached;
      }
      fencing.sight(node.name(), whole && !faults.watchTrouble(), some, node.active());
      boolean reachable = network.open(CLIENTS, node.host()) && network.open(node.host(), CLIENTS);
      if (!node.active() || !reachable) {
        disturbedAt.put(node.name(), scheduler.now());
      }
    }
    queue.look(node -> disturbedAt.getOrDefault(node, -1L) < scheduler.now() - LOOK * TRIES);
    readers.look(members.values(), node -> isActive(node) ? routing.table(node) : Optional.empty());
    operate();
    scheduler.after(LOOK, this::look);
  }

  private boolean isActive(String name) {
    return nodes.stream().anyMatch(node -> node.name().equals(name) && node.active());
  }

  /** When all faults are over, an operator looks after nodes that wait for one. */
  private void operate() {
    if (scheduler.now() < Plan.HEALED + TimeUnit.SECONDS.toNanos(30)) {
      return;
    }
    for (ProxyNode node : nodes) {
      if (routing.awaitsOperator(node.name())) {
        node.acceptTimeline();
      }
    }
  }

  private void judge() {
    List<Patroni> primaries =
        peers.all().stream().filter(each -> each.postgres().primary()).toList();
    String leader = etcd.store().get(PREFIX + "leader").map(EtcdStore.Stored::value).orElse("");
    if (primaries.size() != 1 || !primaries.getFirst().name().equals(leader)) {
      violations.broken(
          Promise.MODEL_RECOVERS,
          "the leader key names '%s', primaries are %s"
              .formatted(leader, primaries.stream().map(Patroni::name).toList()));
      return;
    }
    for (ProxyNode node : nodes) {
      String open =
          routing
              .table(node.name())
              .flatMap(table -> table.write().target())
              .map(target -> target.member())
              .orElse("");
      if (!open.equals(leader)) {
        violations.broken(
            Promise.HOLDING_ENDS,
            "%s sends writes to '%s', the primary is %s: %s"
                .formatted(
                    node.name(),
                    open,
                    leader,
                    routing.table(node.name()).map(table -> table.why()).orElse("no table")));
      }
    }
    for (Client client : clients) {
      if (client.lastSuccess() < Plan.END - TimeUnit.SECONDS.toNanos(30)) {
        violations.broken(
            Promise.CLIENTS_RECOVER,
            "%s has had no answer for %d s"
                .formatted(
                    client.name(),
                    TimeUnit.NANOSECONDS.toSeconds(Plan.END - client.lastSuccess())));
      }
    }
    vrrp.healed();
    lease.healed();
  }
}
