package io.trunkline.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads one of {@code listeners}. */
final class ListenerReader {
  private static final HostPort NO_BIND = new HostPort("0.0.0.0", 0);

  static final Section<ListenerConfig> KEYS = new Section<>("listeners[]");
  static final Key<String> NAME =
      KEYS.key("name", Type.NAME, ListenerConfig::name).required("NAME").means("Unique.");
  static final Key<HostPort> BIND =
      KEYS.key("bind", Type.value("host:port", ListenerReader::bind), ListenerConfig::bind)
          .required("\"0.0.0.0:5432\"")
          .means(
              "The address to listen on; `*` is every IPv4 address, `[::]` every address. Port 0 is"
                  + " any free one (for tests). Binds must not overlap each other or"
                  + " `admin.bind`.");
  static final Key<String> CLUSTER =
      KEYS.key("cluster", Clusters.NAME, ListenerConfig::cluster)
          .without("the only one")
          .means("Where its sessions go. Required when there are several.");
  static final Key<RouteKind> ROUTE =
      KEYS.key("route", Type.choice(RouteKind.class), ListenerConfig::route)
          .required(
              Stream.of(RouteKind.values()).map(Labelled::label).collect(Collectors.joining(" | ")))
          .means(
              "Which members its sessions may go to: the writable holder of the leader key;"
                  + " replicas that may take load; all of these; replicas that Patroni lists as"
                  + " synchronous, or does not; the leader of a standby cluster. With"
                  + " `synchronous_mode: quorum` (Patroni 4) the list names every member of the"
                  + " quorum, and a commit waits for some of them only: a session of route `sync`"
                  + " may then be on one that does not have the latest commit.");
  static final Key<RouteKind> FALLBACK =
      KEYS.key("fallback", Type.choice(RouteKind.class).as("as `route`"), ListenerConfig::fallback)
          .means("Which members, when `route` has none.");
  static final Key<DialTarget> TARGET =
      KEYS.key("target", Type.choice(DialTarget.POSTGRES), ListenerConfig::target)
          .means(
              "Where sessions are connected to: the member's PostgreSQL, or the pooler beside it"
                  + " that Patroni announces (its `postgresql.proxy_address`, `proxy_url` in the"
                  + " member's key in etcd). A member that announces none gets no session of this"
                  + " listener: clients wait as when there is no member, and `status`, the log, the"
                  + " metrics and the client tell the reason, `no_proxy_url`. Needs `etcd`:"
                  + " Patroni's REST API does not tell it. A pooler has its own queue for logins."
                  + " What it says and whether it can be reached tell nothing of its PostgreSQL, so"
                  + " lag, role and health are judged as for `postgres`. More in"
                  + " [clients.md](clients.md#settings-for-each-client).");
  static final Key<Balance> BALANCE =
      KEYS.key("balance", Type.choice(Balance.LEAST_CONNECTIONS), ListenerConfig::balance)
          .means(
              "How one of several members is chosen; `random_two` is the less loaded of two drawn"
                  + " at random.");
  static final Key<Long> MAX_LAG =
      KEYS.key("max_lag", Type.size("1B", "1024TB"), ListenerConfig::maxLag)
          .without("no limit")
          .means("A replica that lags by more gets no new sessions. It keeps those that it has.");
  static final Key<Map<String, Integer>> WEIGHTS =
      KEYS.key(
              "weights",
              new Type<>("mapping of member name to 1 to 256", ListenerReader::weights),
              listener -> new TreeMap<>(listener.weights()))
          .without("100 each")
          .means("Relative shares.");
  static final Key<Duration> SLOW_START =
      KEYS.key("slow_start", Type.duration("0s", "1h", "10s"), ListenerConfig::slowStart)
          .means("How long a member that returns takes to reach its full share; `0s` is off.");
  static final Key<MappingReader> LIMITS =
      KEYS.mapping("limits", LimitsReader.KEYS, listener -> Optional.of(listener.limits()))
          .means("How many connections it takes.");
  static final Key<Duration> STARTUP_TIMEOUT =
      KEYS.key(
              "startup_timeout",
              Type.duration("100ms", "10m", "10s"),
              ListenerConfig::startupTimeout)
          .means("How long a client may take to send its whole startup packet.");
  static final Key<Duration> CONNECT_TIMEOUT =
      KEYS.key("connect_timeout", Type.duration("10ms", "5m", "2s"), ListenerConfig::connectTimeout)
          .means("How long one attempt to reach a member may take.");
  static final Key<MappingReader> TCP =
      KEYS.mapping("tcp", TcpReader.KEYS, listener -> Optional.of(listener.tcp()))
          .means("How dead peers are found.");
  static final Key<MappingReader> TLS =
      KEYS.mapping("tls", TlsReader.KEYS, listener -> Optional.of(listener.tls()))
          .means("What is done with the client's TLS.");
  static final Key<MappingReader> BACKEND_TLS =
      KEYS.mapping(
              "backend_tls",
              PostgresTlsReader.BACKEND.keys,
              listener ->
                  Section.when(
                      listener.tls().mode() == TlsConfig.Mode.TERMINATE, listener.backendTls()))
          .without("`disable`")
          .means("The TLS opened to the member when the client's is terminated.");
  static final Key<List<Cidr>> ALLOW =
      KEYS.key("allow", Type.NETWORKS, ListenerConfig::allow)
          .without("all")
          .means("Clients that may connect.");
  static final Key<List<Cidr>> DENY =
      KEYS.key("deny", Type.NETWORKS, ListenerConfig::deny)
          .means("Clients that may not. Asked before `allow`.");
  static final Key<List<MappingReader>> RULES =
      KEYS.mappings("rules", RuleReader.KEYS, ListenerConfig::rules)
          .means("Who else may connect, and how. Asked after `deny` and `allow`.");
  static final Key<MappingReader> PROXY_PROTOCOL =
      KEYS.mapping(
              "proxy_protocol",
              ProxyProtocolReader.KEYS,
              listener -> Section.some(listener.proxyProtocolFrom()))
          .without("none")
          .means("Whose connections begin with a PROXY protocol header.");
  static final Key<Boolean> APPLICATION_NAME_ADD_HOST =
      KEYS.key(
              "application_name_add_host", Type.flag(false), ListenerConfig::applicationNameAddHost)
          .means(
              "As in PgBouncer: adds ` - ADDRESS:PORT` of the client to `application_name`, so that"
                  + " `pg_stat_activity` tells clients apart; without a name it is `ADDRESS:PORT`."
                  + " The whole is cut to 63 bytes, the name first. Not for replication, which is"
                  + " known by that name, nor where TLS is passed through and the startup packet"
                  + " cannot be seen.");
  static final Key<Boolean> FOLLOW_MESSAGES =
      KEYS.key("follow_messages", Type.flag(true), ListenerConfig::followMessages)
          .means(
              "Follow the messages of sessions whose bytes are visible: without TLS, or with `tls:"
                  + " {mode: terminate}`. `false` relays their bytes unread once PostgreSQL has"
                  + " accepted them, and they are treated like sessions with TLS passed through:"
                  + " they end without an error message, a switchover does not wait for their"
                  + " transactions, and their CancelRequest goes to every eligible member. What it"
                  + " costs is in [performance.md](performance.md).");

  static final Key<ListenerConfig.KeepSessions> KEEP_SESSIONS =
      KEYS.key(
              "keep_sessions",
              Type.choice(ListenerConfig.KeepSessions.PLANNED),
              ListenerConfig::keepSessions)
          .means(
              "When sessions go on at the new primary: `planned` after a planned switchover,"
                  + " `always` also after a crash, `off` never. After an asynchronous failover a"
                  + " session that goes on may no longer see rows that were acknowledged to it, so"
                  + " `always` is for clusters with `synchronous_mode`. Only in clusters with"
                  + " [auth](#clustersauth), where the messages of the session are followed;"
                  + " [continuity.md](continuity.md) tells which sessions can be kept.");

  static final Key<List<String>> KEEP_SETTINGS =
      KEYS.key(
              "keep_settings",
              Type.list("list of names", ListenerReader::customSetting),
              ListenerConfig::keepSettings)
          .without("none")
          .means(
              "Custom settings (`app.tenant`) that each session is asked for when it is kept. Those"
                  + " that statements set are found by themselves; those that a function of yours"
                  + " sets are not.");

  static final Key<Boolean> KEEP_LISTEN =
      KEYS.key("keep_listen", Type.flag(false), ListenerConfig::keepListen)
          .means(
              "Whether sessions that LISTEN are kept, too. Notifications that are sent while they"
                  + " have no member are lost, and they are not told; by default such a session"
                  + " ends, so that its client knows.");

  static final Key<Integer> REBALANCE =
      KEYS.key("rebalance", Type.integer(1, 10_000), ListenerConfig::rebalance)
          .without("off")
          .means(
              "How many sessions per second move to a better replica: away from one that lags by"
                  + " more than `max_lag`, drains (`noloadbalance`) or has more than its share,"
                  + " back to one that has returned, and from the `fallback`. Only sessions that"
                  + " are kept, while they are idle; their clients notice nothing.");

  private ListenerReader() {}

  private static Optional<String> customSetting(Value value) {
    return value.as(
        name -> {
          if (!name.matches("[A-Za-z_][A-Za-z0-9_$]*(\\.[A-Za-z_][A-Za-z0-9_$]*)+")) {
            throw new NotUnderstood(
                Shown.of(name)
                    + " is no custom setting: write its name with its dot, as app.tenant");
          }
          return name.toLowerCase(Locale.ROOT);
        });
  }

  static ListenerConfig read(MappingReader in, Clusters clusters) {
    RouteKind route = in.find(ROUTE).orElse(RouteKind.PRIMARY);
    Optional<ClusterConfig> cluster = clusters.referredBy(in, CLUSTER);
    TlsConfig tls = TlsReader.read(in.get(TLS));
    return new ListenerConfig(
        in.find(NAME).orElse(""),
        in.find(BIND).orElse(NO_BIND),
        cluster.map(ClusterConfig::name).orElse(""),
        route,
        fallback(in, route),
        in.get(BALANCE),
        in.findLong(MAX_LAG),
        in.find(WEIGHTS).orElseThrow(),
        in.get(SLOW_START),
        LimitsReader.read(in.get(LIMITS)),
        in.get(STARTUP_TIMEOUT),
        in.get(CONNECT_TIMEOUT),
        TcpReader.read(in.get(TCP)),
        tls,
        backendTls(in, tls, cluster.flatMap(ClusterConfig::auth).isPresent()),
        in.get(ALLOW),
        in.get(DENY),
        RuleReader.read(in.get(RULES), tls.mode()),
        in.given(PROXY_PROTOCOL).map(ProxyProtocolReader::read).orElse(List.of()),
        in.get(APPLICATION_NAME_ADD_HOST),
        in.get(FOLLOW_MESSAGES),
        keepSessions(in, cluster),
        in.find(KEEP_SETTINGS).orElse(List.of()),
        in.get(KEEP_LISTEN),
        rebalance(in, route, cluster),
        target(in, cluster));
  }

  /** An address to listen on; {@code *} is every IPv4 address, as for HAProxy. */
  static Optional<HostPort> bind(Value value) {
    String text = value.text();
    return value.as(
        written -> {
          if (written.matches(":?\\d{1,9}")) {
            throw new NotUnderstood(
                Shown.of(text) + " has no address; write 0.0.0.0:" + text.replace(":", ""));
          }
          return Addresses.hostPort(
              written.startsWith("*:") ? "0.0.0.0" + written.substring(1) : written,
              OptionalInt.empty());
        });
  }

  private static Optional<RouteKind> fallback(MappingReader in, RouteKind route) {
    Optional<RouteKind> fallback = in.find(FALLBACK);
    if (in.has(ROUTE) && fallback.filter(route::equals).isPresent()) {
      in.problem(FALLBACK, "is the route itself; name another one, or remove the key");
    }
    return fallback;
  }

  private static ListenerConfig.KeepSessions keepSessions(
      MappingReader in, Optional<ClusterConfig> cluster) {
    ListenerConfig.KeepSessions keep = in.get(KEEP_SESSIONS);
    if (keep == ListenerConfig.KeepSessions.ALWAYS
        && cluster.filter(it -> it.auth().isEmpty()).isPresent()) {
      in.problem(
          KEEP_SESSIONS, "needs auth of the cluster, so that this proxy can log in again; set it");
    }
    return keep;
  }

  private static OptionalInt rebalance(
      MappingReader in, RouteKind route, Optional<ClusterConfig> cluster) {
    OptionalInt rate = in.findInt(REBALANCE);
    if (rate.isEmpty()) {
      return rate;
    }
    if (route.writes()) {
      in.problem(REBALANCE, "has nothing to move on route primary; remove it");
    } else if (cluster.filter(it -> it.auth().isEmpty()).isPresent()) {
      in.problem(
          REBALANCE, "needs auth of the cluster, so that this proxy can log in again; set it");
    } else if (in.get(KEEP_SESSIONS) == ListenerConfig.KeepSessions.OFF
        || !in.get(FOLLOW_MESSAGES)) {
      in.problem(
          REBALANCE,
          "moves only sessions that are kept: not with keep_sessions: off or"
              + " follow_messages: false");
    }
    return rate;
  }

  private static DialTarget target(MappingReader in, Optional<ClusterConfig> cluster) {
    DialTarget target = in.get(TARGET);
    if (target == DialTarget.PROXY_URL
        && cluster.filter(found -> found.etcd().isEmpty()).isPresent()) {
      in.problem(
          TARGET,
          "proxy_url needs a cluster that has etcd: Patroni's REST API does not tell where a"
              + " pooler is; use postgres");
    }
    return target;
  }

  private static PostgresTls backendTls(MappingReader in, TlsConfig client, boolean logsIn) {
    PostgresTls tls = PostgresTlsReader.BACKEND.read(in.get(BACKEND_TLS));
    if (client.mode() == TlsConfig.Mode.PASSTHROUGH && tls.mode() != SslMode.DISABLE) {
      in.problem(
          BACKEND_TLS,
          "is used only with tls: {mode: terminate}; in passthrough TLS is the client's own");
    }
    if (client.mode() == TlsConfig.Mode.TERMINATE
        && tls.mode() != SslMode.DISABLE
        && !client.require()
        && !logsIn) {
      // PostgreSQL takes SCRAM through two TLS connections for an attack unless the client gives
      // channel binding up, and with sslmode=prefer libpq then comes back in the clear by itself.
      in.problem(
          BACKEND_TLS,
          "needs tls: {require: true}, or auth of the cluster: where a client's SCRAM login fails"
              + " over TLS, sslmode=prefer would try again without TLS");
    }
    return tls;
  }

  private static Optional<Map<String, Integer>> weights(MappingReader in, String key) {
    Map<String, Integer> weights = new TreeMap<>();
    in.freeKeys(key)
        .forEach(
            (member, value) ->
                value.integer(1, 256).ifPresent(weight -> weights.put(member, weight)));
    return Optional.of(weights);
  }
}
