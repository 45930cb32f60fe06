package io.trunkline.config;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads one of {@code clusters}. */
final class ClusterReader {
  /** A slash inside is Citus: {@code scope/group}. */
  private static final Pattern IS_SCOPE =
      Pattern.compile("[^/\\s\\p{Cntrl}]+(/[^/\\s\\p{Cntrl}]+)?+");

  private static final String AUTO = "auto";

  private static final Type<Duration> TIME = Type.duration("0s", "10m");

  static final Section<ClusterConfig> KEYS = new Section<>("clusters[]");
  static final Key<String> NAME =
      KEYS.key("name", Type.NAME, ClusterConfig::name)
          .without("the scope")
          .means(
              "What the cluster is called here: by listeners and VIPs, in the log and in metrics. A"
                  + " `/` in the scope becomes `-`. Unique.");
  static final Key<String> SCOPE =
      KEYS.key(
              "scope",
              Type.value("text without blanks", ClusterReader::scope),
              ClusterConfig::scope)
          .required("NAME, as in Patroni's configuration")
          .means(
              "Patroni's `scope`. Of a Citus cluster: the scope, `/` and the group, as in"
                  + " `citus/0`. The members' REST API must tell the same scope (and the same"
                  + " group, should it tell one). `CHANGE_ME`, which `trunkline import` writes"
                  + " where no file tells it, is refused.");
  static final Key<String> NAMESPACE =
      KEYS.key("namespace", Type.TEXT.or("/service/"), ClusterConfig::namespace)
          .means("Patroni's `namespace`. Slashes around it are added.");
  static final Key<MappingReader> ETCD =
      KEYS.mapping("etcd", EtcdReader.KEYS, ClusterConfig::etcd)
          .means(
              "Where the leader key is. Without it `patroni.hosts` is needed, and only the REST API"
                  + " is believed.");
  static final Key<MappingReader> PATRONI =
      KEYS.mapping("patroni", PatroniReader.KEYS, cluster -> Optional.of(cluster.patroni()))
          .means("How the members' REST API is asked.");
  static final Key<MappingReader> SENTINEL =
      KEYS.mapping("sentinel", SentinelReader.KEYS, ClusterConfig::sentinel)
          .without("none")
          .means("Credentials for one connection per member that watches whether it is writable.");
  static final Key<MappingReader> AUTH =
      KEYS.mapping("auth", AuthReader.KEYS, ClusterConfig::auth)
          .without("logins pass through")
          .means(
              "Credentials for finding the verifiers of roles, so that Trunkline logs in for its"
                  + " clients with SCRAM.");
  static final Key<Duration> HOLD_TIMEOUT =
      KEYS.key(
              "hold_timeout",
              new Type<>("`auto`, or a " + TIME.words(), ClusterReader::holdTimeout),
              cluster -> cluster.holdTimeout().<Object>map(time -> time).orElse(AUTO))
          .without("`auto`")
          .means(
              "How long a new client waits at most while there is no member to write to. Then it"
                  + " gets FATAL 57P03. `auto` is as long as Patroni may need to replace a primary:"
                  + " `ttl` + `loop_wait` of the cluster's own `config` key, which may change at"
                  + " any time, and 5 s; 45 s while etcd has not told, or without etcd. `trunkline"
                  + " status` shows it.");
  static final Key<Integer> HOLD_LIMIT =
      KEYS.key("hold_limit", Type.integer(0, 1_000_000).or(10_000), ClusterConfig::holdLimit)
          .means(
              "How many clients may wait at once because there is no member for them. Those who are"
                  + " queued at a member (`max_logins`) do not count.");
  static final Key<Duration> ISOLATION_GRACE =
      KEYS.key("isolation_grace", TIME.or(Duration.ofSeconds(3)), ClusterConfig::isolationGrace)
          .means(
              "How long etcd and most members may both be out of sight before the write route is"
                  + " isolated. A [sentinel](#clusterssentinel) may see enough.");
  static final Key<ClusterConfig.OnIsolation> ON_ISOLATION =
      KEYS.key(
              "on_isolation",
              Type.choice(ClusterConfig.OnIsolation.HOLD),
              ClusterConfig::onIsolation)
          .means(
              "What the write route does then: `hold` stops writes, because this node and its"
                  + " primary may be the small side of a partition and what is committed there"
                  + " would be lost; `keep` goes on.");
  static final Key<Integer> MAX_LOGINS =
      KEYS.key("max_logins", Type.integer(1, 10_000), ClusterConfig::maxLogins)
          .without("adapts")
          .means(
              "How many logins this node has under way at one member at once; \"Logins\" below"
                  + " tells more.");

  private ClusterReader() {}

  static ClusterConfig read(MappingReader in) {
    String scope = in.find(SCOPE).orElse("");
    Optional<EtcdConfig> etcd = in.given(ETCD).map(EtcdReader::read);
    MappingReader patroni = in.get(PATRONI);
    if (!in.has(ETCD)
        && (!patroni.has(PatroniReader.HOSTS) || patroni.isEmptyList(PatroniReader.HOSTS))) {
      in.problem(
          "needs etcd: {hosts: [HOST:2379]}, or patroni: {hosts: [HOST:8008]} where Patroni keeps"
              + " its state elsewhere");
    }
    return new ClusterConfig(
        name(in, scope),
        scope,
        namespace(in.get(NAMESPACE)),
        etcd,
        PatroniReader.read(patroni),
        in.given(SENTINEL).map(SentinelReader::read),
        in.given(AUTH).map(AuthReader::read),
        in.find(HOLD_TIMEOUT),
        in.get(HOLD_LIMIT),
        in.get(ISOLATION_GRACE),
        in.get(ON_ISOLATION),
        in.findInt(MAX_LOGINS));
  }

  private static Optional<String> scope(Value value) {
    if (value.text().equals(ConfigLoader.CHANGE_ME)) {
      return value.reject(Shown.of(value.text()) + " is to be filled in; write " + SCOPE.example());
    }
    return IS_SCOPE.matcher(value.text()).matches()
        ? Optional.of(value.text())
        : value.reject(
            Shown.of(value.text())
                + " cannot be a scope; it has no blanks, and one / at most,"
                + " between a Citus scope and its group");
  }

  private static String name(MappingReader in, String scope) {
    if (in.has(NAME) || scope.isEmpty()) {
      return in.find(NAME).orElse("");
    }
    String byDefault = scope.replace('/', '-');
    return new Value(in.context(), in.at(SCOPE), in.path("name"), byDefault).name().orElse("");
  }

  /** With slashes around, and one where Patroni would fold several. */
  private static String namespace(String written) {
    return ("/" + written + "/").replaceAll("/+", "/");
  }

  private static Optional<Duration> holdTimeout(MappingReader in, String name) {
    return in.value(name)
        .filter(value -> !value.text().equals(AUTO))
        .flatMap(_ -> TIME.reading().of(in, name));
  }
}
