package io.trunkline.loadtest.lab;

import io.trunkline.loadtest.workload.Target;
import io.trunkline.loadtest.workload.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A cluster of three or more database nodes and the proxies before it, in containers on a network
 * of their own. The client is the JVM that runs this.
 *
 * <pre>{@code
 * try (Lab lab = Lab.start(LabOptions.plain().withProxies(ProxyKind.TRUNKLINE))) {
 *   Writer writer = Writer.start("w1", lab.target(lab.proxy(1), 5000));
 *   lab.faults().cutOff(lab.primary());
 *   ...
 *   Verdict verdict = Verdict.of(writer, lab);
 * }
 * }</pre>
 */
public final class Lab implements AutoCloseable {
  /** The label of every container and network of a lab. */
  public static final String LABEL = Owner.LABEL;

  static final String USER = "app";
  static final String PASSWORD = "lab-app";
  private static final Duration BOOT = Duration.ofSeconds(90);

  private final Parts parts;
  private final LabOptions options;
  private final EtcdClient etcd;
  private final KeyWatch watch;
  private final Healer healer;
  private final Patroni patroni;
  private final Faults faults = new Faults(this);
  private final List<Member> members = new CopyOnWriteArrayList<>();
  private final List<Member> former = new CopyOnWriteArrayList<>();
  private final List<ProxyNode> proxies;
  private final List<Station> stations;
  private final Thread hook = new Thread(this::destroy, "lab-shutdown");

  private Lab(Parts parts, LabOptions options) {
    this.parts = parts;
    this.options = options;
    for (int number = 1; number <= options.members(); number++) {
      members.add(parts.member(number));
    }
    this.proxies = parts.proxies(members);
    this.stations = parts.stations();
    this.etcd = new EtcdClient(parts.http(), parts.layout().etcdAddresses());
    this.watch = new KeyWatch(parts.http(), etcd, ClusterLayout.PREFIX);
    this.healer = new Healer(this, etcd, parts.layout(), options);
    this.patroni = new Patroni(parts.http(), etcd, this::members);
  }

  /** Builds a lab and returns when its members stream; leftovers of crashed runs go first. */
  public static Lab start(LabOptions options) {
    Lab lab = new Lab(Parts.prepare(options), options);
    Runtime.getRuntime().addShutdownHook(lab.hook);
    try {
      lab.boot();
      return lab;
    } catch (RuntimeException e) {
      lab.saveLogs(Project.file("loadtest/lab/target/lab-boot"));
      lab.close();
      throw e;
    }
  }

  public LabOptions options() {
    return options;
  }

  public List<Member> members() {
    return List.copyOf(members);
  }

  /** Counted from 1. */
  public Member member(int number) {
    return find(Parts.memberName(number)).orElseThrow();
  }

  public List<ProxyNode> proxies() {
    return proxies;
  }

  /** Counted from 1. */
  public ProxyNode proxy(int number) {
    return proxies.get(number - 1);
  }

  /** Counted from 1. */
  public Station station(int number) {
    return stations.get(number - 1);
  }

  /** Gives every proxy node an {@code haproxy.cfg}, for {@link Service#HAPROXY}. */
  public void configureHaproxy(ProxyKind kind) {
    String text = HaproxyFile.render(kind, options.tls(), members);
    proxies.forEach(proxy -> proxy.write("etc/haproxy.cfg", text));
  }

  /** The member that holds the leader key and accepts writes; waits for it, 60 s at most. */
  public Member primary() {
    return healer.awaitLeader(Duration.ofSeconds(60));
  }

  public List<Member> replicas() {
    Member primary = primary();
    return members.stream().filter(m -> !m.equals(primary)).toList();
  }

  /** This JVM, for partitions that the client is part of. */
  public Peer client() {
    return parts.client();
  }

  /** An address of this network that nobody has, for virtual IPs. */
  public String spareAddress(int number) {
    return parts.spareAddress(number);
  }

  /**
   * A machine that systemd runs, on this network, with that {@link #spareAddress}; whoever asks for
   * it closes it.
   */
  public ServiceHost serviceHost(int spare) {
    return parts.serviceHost(spare);
  }

  /** A configuration of Trunkline for this cluster, with more keys. */
  public String trunklineFile(String node, String more) {
    return TrunklineFile.render(parts.layout(), node, more);
  }

  public Faults faults() {
    return faults;
  }

  public Patroni patroni() {
    return patroni;
  }

  /** Where an application connects on this node. */
  public Target target(Peer node, int port) {
    return target(node.address(), port);
  }

  public Target target(String address, int port) {
    return new Target(address, port, USER, USER, PASSWORD, parts.caCertificate().orElse(null));
  }

  /** Straight to this member's PostgreSQL. */
  public Target direct(Member member) {
    return target(member, Member.POSTGRES_PORT);
  }

  public GroundTruth truth() {
    List<Member> all = new ArrayList<>(members);
    all.addAll(former);
    Map<String, String> names = new HashMap<>();
    all.forEach(member -> names.put(member.address(), member.name()));
    return GroundTruth.of(watch.events(), all, names);
  }

  /** One member more: Patroni and PostgreSQL without etcd. Returns when it streams. */
  public Member addMember() {
    Member member = parts.member(members.size() + former.size() + 1);
    members.add(member);
    member.machine().create();
    Await.until(member + " streams", BOOT, healer::whole);
    return member;
  }

  /** Shuts the member down for good; where etcd runs beside it, etcd stays. */
  public void removeMember(Member member) {
    member.stop(Service.PATRONI);
    members.remove(member);
    former.add(member);
    if (member.runsEtcd()) {
      member.write("etc/services", "etcd\n");
    } else {
      member.machine().remove();
    }
  }

  /** Ends every fault and restores the cluster: every member streaming, a leader, no pause. */
  public void heal() {
    faults.rejoin();
    healer.heal();
    watch.reopen();
  }

  /** Waits until each proxy takes a session to a primary on this port. */
  public void awaitServing(int port, Duration limit) {
    Duration second = Duration.ofSeconds(1);
    for (ProxyNode proxy : proxies) {
      Target target = target(proxy, port).withTimeouts(second, second, second);
      if (!Await.within(limit, () -> Probe.writable(target))) {
        throw new LabException(
            proxy + " does not serve " + port + "; it says:\n" + proxy.lastWords());
      }
    }
  }

  /** Copies the configuration and the logs of every node. */
  public void saveLogs(Path directory) {
    parts.saveLogs(directory);
  }

  List<Node> nodes() {
    List<Node> nodes = new ArrayList<>(members);
    former.stream().filter(Member::runsEtcd).forEach(nodes::add);
    nodes.addAll(proxies);
    nodes.addAll(stations);
    return nodes;
  }

  Optional<Member> find(String name) {
    return members.stream().filter(m -> m.name().equals(name)).findFirst();
  }

  private void boot() {
    Parallel.forEach(nodes(), node -> node.machine().create());
    Member leader = healer.awaitLeader(BOOT);
    leader.exec(
        "psql",
        "-XAtq",
        "-U",
        ClusterLayout.SUPERUSER,
        "-d",
        "postgres",
        "-c",
        "create role " + USER + " login password '" + PASSWORD + "'",
        "-c",
        "create database " + USER + " owner " + USER,
        "-c",
        "\\connect " + USER,
        "-c",
        "set role " + USER,
        "-c",
        Writer.TABLE);
    Await.until("every member streams", BOOT, healer::whole);
  }

  @Override
  public void close() {
    if (System.getenv("TRUNKLINE_LAB_KEEP") != null) {
      return;
    }
    destroy();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      return;
    }
  }

  private void destroy() {
    watch.close();
    faults.rejoin();
    members.forEach(Member::forget);
    former.forEach(Member::forget);
    parts.destroy(nodes());
  }
}
