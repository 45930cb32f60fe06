package io.trunkline.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Reads one of {@code clusters}. */
final class ClusterReader {
  /** A slash inside is Citus: {@code scope/group}. */
  private static final Pattern SCOPE = Pattern.compile("[^/\\s\\p{Cntrl}]+(/[^/\\s\\p{Cntrl}]+)?+");

  static final String AUTO = "auto";

  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final int MOST_LOGINS = 10_000;

  private ClusterReader() {}

  static ClusterConfig read(MappingReader in) {
    String scope = scope(in);
    Optional<EtcdConfig> etcd = in.section("etcd", Sections.ETCD).map(EtcdReader::read);
    MappingReader patroni = in.sectionOrEmpty("patroni", Sections.PATRONI);
    if (!in.has("etcd") && (!patroni.has("hosts") || patroni.isEmptyList("hosts"))) {
      in.problem(
          "needs etcd: {hosts: [HOST:2379]}, or patroni: {hosts: [HOST:8008]} where Patroni keeps"
              + " its state elsewhere");
    }
    return new ClusterConfig(
        name(in, scope),
        scope,
        namespace(in),
        etcd,
        PatroniReader.read(patroni),
        in.section("sentinel", Sections.SENTINEL).map(SentinelReader::read),
        in.value("hold_timeout")
            .filter(value -> !value.text().equals(AUTO))
            .flatMap(value -> value.duration(Duration.ZERO, LONGEST)),
        in.integer("hold_limit", 10_000, 0, 1_000_000),
        in.duration("isolation_grace", Duration.ofSeconds(3), Duration.ZERO, LONGEST),
        in.choice("on_isolation", ClusterConfig.OnIsolation.HOLD),
        in.has("max_logins")
            ? OptionalInt.of(in.integer("max_logins", 1, 1, MOST_LOGINS))
            : OptionalInt.empty());
  }

  private static String scope(MappingReader in) {
    String example = "NAME, as in Patroni's configuration";
    return in.required("scope", example).flatMap(value -> scope(value, example)).orElse("");
  }

  private static Optional<String> scope(Value value, String example) {
    String scope = value.text();
    if (scope.equals(ConfigLoader.CHANGE_ME)) {
      return value.reject(Shown.of(scope) + " is to be filled in; write " + example);
    }
    return SCOPE.matcher(scope).matches()
        ? Optional.of(scope)
        : value.reject(
            Shown.of(scope)
                + " cannot be a scope; it has no blanks, and one / at most,"
                + " between a Citus scope and its group");
  }

  private static String name(MappingReader in, String scope) {
    if (in.has("name") || scope.isEmpty()) {
      return in.value("name").flatMap(Value::name).orElse("");
    }
    String byDefault = scope.replace('/', '-');
    return new Value(in.context(), in.at("scope"), in.path("name"), byDefault).name().orElse("");
  }

  /** With slashes around, and one where Patroni would fold several. */
  private static String namespace(MappingReader in) {
    String written = in.value("namespace").map(Value::text).orElse("service");
    return ("/" + written + "/").replaceAll("/+", "/");
  }
}
