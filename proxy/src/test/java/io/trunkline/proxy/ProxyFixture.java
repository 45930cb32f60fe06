package io.trunkline.proxy;

import static io.trunkline.config.Configs.change;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.AuthConfig;
import io.trunkline.config.Cidr;
import io.trunkline.config.ClusterConfig;
import io.trunkline.config.Configs;
import io.trunkline.config.DialTarget;
import io.trunkline.config.HostPort;
import io.trunkline.config.LimitsConfig;
import io.trunkline.config.ListenerConfig;
import io.trunkline.config.PostgresTls;
import io.trunkline.config.RuleConfig;
import io.trunkline.config.SslMode;
import io.trunkline.config.TcpConfig;
import io.trunkline.config.TlsConfig;
import io.trunkline.config.TlsFiles;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.pgwire.Packets;
import io.trunkline.pgwire.state.StateMemory;
import io.trunkline.proxy.relay.Descriptors;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.ConnectObserver;
import io.trunkline.routing.FailoverKey;
import io.trunkline.routing.LeaderKey;
import io.trunkline.routing.Member;
import io.trunkline.routing.Members;
import io.trunkline.routing.MonotonicClock;
import io.trunkline.routing.Role;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.WritePolicy;
import io.trunkline.routing.WriteRouting;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A real proxy on loopback, in front of members whose view the test writes. */
public final class ProxyFixture implements AutoCloseable {
  public final MonotonicClock clock = new MonotonicClock();
  public final RoutingCell cell = new RoutingCell();
  public final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  public final ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();

  /** The same events with all that they say. */
  public final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();

  public final ConcurrentLinkedQueue<String> standbys = new ConcurrentLinkedQueue<>();
  public final Proxy proxy;
  private final WriteRouting routing;
  private final Map<String, HostPort> members = new TreeMap<>();
  private final Map<String, HostPort> poolers = new TreeMap<>();
  private long revision = 1;
  private String leader = "";
  private Optional<Duration> failoverTime = Optional.empty();
  private Optional<FailoverKey> failover = Optional.empty();

  public static final class Settings {
    public List<String> keepSettings = List.of();
    public boolean keepListen;
    public OptionalInt rebalance = OptionalInt.empty();
    public LimitsConfig limits = Configs.limits(1000, 1000, 1000);

    /** Null: auto. */
    public @Nullable Duration holdTimeout = Duration.ofSeconds(5);

    public int holdLimit = 100;
    public int descriptors = 100_000;
    public long stateBytes = 64L << 20;
    public OptionalInt maxLogins = OptionalInt.empty();
    public Duration startupTimeout = Duration.ofSeconds(5);
    public List<Cidr> deny = List.of();
    public List<Cidr> proxyProtocolFrom = List.of();
    public List<RuleConfig> rules = List.of();
    public boolean applicationNameAddHost;
    public boolean followMessages = true;
    public ListenerConfig.KeepSessions keepSessions = ListenerConfig.KeepSessions.PLANNED;
    public Optional<AuthConfig> auth = Optional.empty();
    public DialTarget target = DialTarget.POSTGRES;
    public OptionalLong memoryLimit = OptionalLong.empty();
    public TcpConfig tcp =
        new TcpConfig(Duration.ofSeconds(10), Duration.ofSeconds(5), 3, Duration.ofSeconds(20));
    public HostPort bind = new HostPort("127.0.0.1", 0);
    public String cluster = "main";
    public String scope = "main";
    public List<String> listeners = List.of("write", "read");
    public TlsConfig tls = tls(TlsConfig.Mode.PASSTHROUGH, Optional.empty(), false);
    public PostgresTls backendTls = backendTls(SslMode.DISABLE);

    /** TLS that ends at the proxy, with that certificate. */
    public Settings terminating(Path cert) {
      tls = tls(TlsConfig.Mode.TERMINATE, Optional.of(cert), false);
      return this;
    }

    public static TlsConfig tls(TlsConfig.Mode mode, Optional<Path> cert, boolean require) {
      return new TlsConfig(
          mode,
          new TlsFiles(
              Optional.empty(),
              cert,
              cert.map(path -> Path.of(path.toString().replace(".crt", ".key")))),
          TlsConfig.ClientCert.REQUIRE,
          require,
          TlsConfig.MinVersion.TLSV1_2);
    }

    public static PostgresTls backendTls(SslMode mode) {
      return new PostgresTls(
          mode,
          new TlsFiles(
              mode.verifies() ? Optional.of(TestTls.file("ca.crt")) : Optional.empty(),
              Optional.empty(),
              Optional.empty()));
    }
  }

  public ProxyFixture() throws IOException {
    this(new Settings());
  }

  public ProxyFixture(Settings settings) throws IOException {
    routing = new WriteRouting(WritePolicy.of(cluster(settings)));
    proxy =
        new Proxy(
            config(settings),
            Map.of("main", cell),
            connects(),
            event -> {
              events.add(event.label());
              told.add(event.toString());
            },
            clock,
            new Descriptors(settings.descriptors),
            new StateMemory(settings.stateBytes));
    proxy.start();
  }

  /** Has the proxy go over to those settings. */
  public void reconfigure(Settings settings) throws IOException {
    proxy.apply(config(settings), Map.of(settings.cluster, cell));
  }

  private static TrunklineConfig config(Settings settings) {
    return change(
            Configs.read(
                "clusters: [{scope: main, etcd: {hosts: [a]}}]\n"
                    + "drain_timeout: 1s\n"
                    + "upgrade_timeout: 1s\n"))
        .with(TrunklineConfig::clusters, List.of(cluster(settings)))
        .with(
            TrunklineConfig::listeners,
            settings.listeners.stream().map(name -> listener(settings, name)).toList())
        .with(TrunklineConfig::memoryLimit, settings.memoryLimit)
        .record();
  }

  public static ClusterConfig cluster(Settings settings) {
    return change(Configs.cluster())
        .with(ClusterConfig::name, settings.cluster)
        .with(ClusterConfig::scope, settings.scope)
        .with(ClusterConfig::etcd, Optional.empty())
        .with(ClusterConfig::holdTimeout, Optional.ofNullable(settings.holdTimeout))
        .with(ClusterConfig::holdLimit, settings.holdLimit)
        .with(ClusterConfig::maxLogins, settings.maxLogins)
        .with(ClusterConfig::auth, settings.auth)
        .record();
  }

  public static ListenerConfig listener(Settings settings, String name) {
    boolean reads = name.equals("read");
    return change(
            Configs.listener(
                reads ? "route: replica, fallback: primary" : "route: primary",
                "slow_start: 0s, connect_timeout: 500ms"))
        .with(ListenerConfig::name, name)
        .with(ListenerConfig::bind, settings.bind)
        .with(ListenerConfig::cluster, settings.cluster)
        .with(ListenerConfig::limits, settings.limits)
        .with(ListenerConfig::startupTimeout, settings.startupTimeout)
        .with(ListenerConfig::tcp, settings.tcp)
        .with(ListenerConfig::tls, settings.tls)
        .with(ListenerConfig::backendTls, settings.backendTls)
        .with(ListenerConfig::deny, settings.deny)
        .with(ListenerConfig::rules, settings.rules)
        .with(ListenerConfig::proxyProtocolFrom, settings.proxyProtocolFrom)
        .with(ListenerConfig::applicationNameAddHost, settings.applicationNameAddHost)
        .with(ListenerConfig::followMessages, settings.followMessages)
        .with(ListenerConfig::keepSessions, settings.keepSessions)
        .with(ListenerConfig::keepSettings, settings.keepSettings)
        .with(ListenerConfig::keepListen, settings.keepListen)
        .with(ListenerConfig::rebalance, settings.rebalance)
        .with(ListenerConfig::target, settings.target)
        .record();
  }

  private ConnectObserver connects() {
    return new ConnectObserver() {
      @Override
      public void connected(String cluster, String member) {}

      @Override
      public void failed(String cluster, String member, String failure) {
        failures.add(member + ": " + failure);
      }

      @Override
      public void standbySeen(String cluster, String member) {
        standbys.add(member);
      }
    };
  }

  public void member(String name, HostPort address) {
    members.put(name, address);
  }

  /** Publishes a view in which etcd names that leader; empty: nobody. */
  public void leader(String name) {
    revision++;
    Instant now = clock.instant();
    Optional<LeaderKey> key =
        name.isEmpty()
            ? Optional.empty()
            : Optional.of(new LeaderKey(name, revision, revision, now));
    publish(now, key, name);
  }

  /** A pooler beside that member. */
  public void pooler(String name, HostPort address) {
    poolers.put(name, address);
  }

  /** That member is not there any more, from the next view on. */
  public void gone(String name) {
    members.remove(name);
  }

  /** Publishes a view in which that replica holds the leader key and has not been promoted yet. */
  public void promoting(String name) {
    revision++;
    Instant now = clock.instant();
    publish(now, Optional.of(new LeaderKey(name, revision, revision, now)), "");
    proxy.turn().join();
  }

  /** Publishes what is so now, under the same leader key; every session has seen it then. */
  public void refresh() {
    publish(clock.instant(), cell.current().orElseThrow().view().leader(), leader);
    proxy.turn().join();
  }

  /** Publishes a view with that failover key besides the leader; every session has seen it then. */
  public void failover(Optional<FailoverKey> key) {
    failover = key;
    Instant now = clock.instant();
    publish(now, cell.current().orElseThrow().view().leader(), leader);
    proxy.turn().join();
  }

  /** Publishes a view without a leader that says how long Patroni may need to find another. */
  public void leaderless(Duration patroniNeeds) {
    failoverTime = Optional.of(patroniNeeds);
    leader("");
  }

  private void publish(Instant now, Optional<LeaderKey> key, String primary) {
    leader = primary;
    Map<String, Member> known = new TreeMap<>();
    members.forEach(
        (name, host) -> {
          Role role = name.equals(primary) ? Role.PRIMARY : Role.REPLICA;
          Member member = Members.running(name, host, role, now);
          Optional<HostPort> pooler = Optional.ofNullable(poolers.get(name));
          known.put(name, change(member).with(Member::proxy, pooler).record());
        });
    ClusterView view =
        change(Members.view(known, now))
            .with(ClusterView::leader, key)
            .with(ClusterView::failover, failover)
            .with(ClusterView::failoverTime, failoverTime)
            .record();
    cell.publish(RoutingTable.next(view, cell.current(), routing));
  }

  public Socket connect(String listener) throws IOException {
    Socket socket = new Socket();
    socket.connect(proxy.bound().get(listener));
    socket.setSoTimeout(10_000);
    return socket;
  }

  /** A connection that has sent a startup packet. */
  public Socket open(String listener) throws IOException {
    Socket socket = connect(listener);
    socket.getOutputStream().write(Packets.startup());
    return socket;
  }

  /** Reads all that a {@link FakePostgres#named} says at first; which one it is. */
  public static String memberOf(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    String member = "";
    while (true) {
      int type = in.readUnsignedByte();
      byte[] body = in.readNBytes(in.readInt() - Integer.BYTES);
      if (type == 'S') {
        member = new String(body, StandardCharsets.UTF_8).split("\0", -1)[1];
      } else if (type == 'Z') {
        return member;
      } else if (type == 'E') {
        throw new IOException(new String(body, StandardCharsets.UTF_8));
      }
    }
  }

  public static String read(Socket socket, int length) throws IOException {
    return new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    proxy.close();
    assertThat(proxy.stateBytes()).as("bytes of what ended sessions were").isZero();
  }
}
