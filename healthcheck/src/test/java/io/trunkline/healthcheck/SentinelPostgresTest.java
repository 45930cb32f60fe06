package io.trunkline.healthcheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ClusterConfig.OnIsolation;
import io.trunkline.config.EtcdConfig;
import io.trunkline.config.HostPort;
import io.trunkline.config.PostgresTls;
import io.trunkline.config.Secret;
import io.trunkline.config.SentinelConfig;
import io.trunkline.config.SentinelConfig.Auth;
import io.trunkline.config.SslMode;
import io.trunkline.config.TlsFiles;
import io.trunkline.pgwire.PostgresLab;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.Event;
import io.trunkline.routing.SentinelAnswer;
import io.trunkline.routing.SentinelAnswer.Access;
import io.trunkline.routing.SentinelHealth;
import io.trunkline.routing.Upstream;
import io.trunkline.routing.WriteDecision;
import io.trunkline.routing.WritePolicy;
import io.trunkline.routing.WriteReason;
import io.trunkline.routing.WriteRouting;
import io.trunkline.routing.WriteState;
import io.trunkline.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sentinels before a real PostgreSQL, with a real etcd and scripted Patronis. */
class SentinelPostgresTest {
  private static final String P = Watched.PREFIX;
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private static Path certs;
  private static PostgresLab primary;

  @TempDir private Path state;
  private EtcdLab etcd;
  private FakePatroni one;
  private FakePatroni two;

  @BeforeAll
  static void install() {
    Certs.make(certs);
    primary = PostgresLab.primary();
    primary.enableTls(certs);
  }

  @AfterAll
  static void remove() {
    primary.close();
  }

  @BeforeEach
  void start() {
    etcd = EtcdLab.start(1);
    one = new FakePatroni();
    two = new FakePatroni();
    etcd.put(P + "initialize", "7000000000000000001");
    one.script(FakePatroni.Script.json(200, Bodies.primary(1)));
    two.script(FakePatroni.Script.json(503, Bodies.replica(1)));
    etcd.put(P + "members/n1", key(one, primary));
    etcd.put(P + "leader", "n1");
  }

  @AfterEach
  void stop() {
    one.close();
    two.close();
    etcd.close();
  }

  private static String key(FakePatroni api, PostgresLab postgres) {
    return api.memberJson("replica", 1).replace("127.0.0.1:5432", "127.0.0.1:" + postgres.port());
  }

  private Watched watch(String user, String password, PostgresTls tls) {
    Set<Auth> methods =
        switch (user) {
          case "md5" -> Set.of(Auth.MD5);
          case "clear" -> Set.of(Auth.PASSWORD);
          default -> Set.of();
        };
    SentinelConfig sentinel =
        new SentinelConfig(user, new Secret(password), "postgres", tls, methods);
    EtcdConfig config = etcd.config();
    return new Watched(Optional.of(config), Watched.patroni(), Optional.of(sentinel), state);
  }

  private static PostgresTls tls(SslMode mode) {
    Optional<Path> ca = mode.verifies() ? Optional.of(certs.resolve("ca.crt")) : Optional.empty();
    return new PostgresTls(mode, new TlsFiles(ca, Optional.empty(), Optional.empty()));
  }

  private static SentinelHealth sentinel(ClusterView view, String member) {
    return view.member(member)
        .flatMap(io.trunkline.routing.Member::sentinel)
        .orElse(SentinelHealth.UNKNOWN);
  }

  private static Predicate<ClusterView> says(String member, Access access) {
    return view ->
        sentinel(view, member).failure().isEmpty()
            && sentinel(view, member)
                .last()
                .map(SentinelAnswer::access)
                .equals(Optional.of(access));
  }

  @ParameterizedTest
  @CsvSource({
    "scram, DISABLE",
    "scram, PREFER",
    "scram, VERIFY_FULL",
    "md5, DISABLE",
    "md5, VERIFY_CA",
    "clear, REQUIRE",
  })
  void logsIn(String user, SslMode mode) {
    try (Watched watched = watch(user, PostgresLab.PASSWORD, tls(mode))) {
      ClusterView view = watched.await("it is writable", LONG, says("n1", Access.READ_WRITE));
      assertThat(sentinel(view, "n1").last().orElseThrow().timeline()).hasValue(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "scram, wrong, PREFER, 28P01",
    "md5, wrong, DISABLE, 28P01",
    "nobody, wrong, PREFER, 28000",
    "barred, wrong, PREFER, 28000",
    "clear, open sesame, PREFER, the password in clear text",
  })
  void aRefusalIsToldOnce(String user, String password, SslMode mode, String words) {
    try (Watched watched = watch(user, password, tls(mode))) {
      watched.await(
          "it is refused",
          LONG,
          view -> view.problems().stream().anyMatch(problem -> problem.contains(words)));
      Await.pause(Duration.ofMillis(2500));
      List<Event> events = watched.events("sentinel_failed");
      assertThat(events).hasSize(1);
      assertThat(events.getFirst().fields().get("reason")).contains(words);
      assertThat(events.toString() + watched.last().problems()).doesNotContain(password);
      assertThat(decide(watched.last())).isEqualTo(WriteReason.LEADER_KEY_AND_REST);
    }
  }

  private static WriteReason decide(ClusterView view) {
    return routing().decide(view, WriteDecision.initial(view.startedAt())).reason();
  }

  private static WriteRouting routing() {
    return new WriteRouting(
        new WritePolicy(Duration.ofSeconds(15), Duration.ofSeconds(3), OnIsolation.HOLD));
  }

  @Test
  void aCertificateOfSomebodyElseIsRefused() {
    PostgresTls strict = new PostgresTls(SslMode.VERIFY_FULL, TlsFiles.NONE);
    try (Watched watched = watch("scram", PostgresLab.PASSWORD, strict)) {
      assertThat(watched.awaitEvent("sentinel_failed").fields().get("reason")).contains("TLS: ");
    }
  }

  @Test
  void aReadOnlyDefaultHoldsAndItsEndOpens() {
    try (Watched watched = watch("scram", PostgresLab.PASSWORD, tls(SslMode.PREFER))) {
      watched.await("it is writable", LONG, says("n1", Access.READ_WRITE));
      primary.sql("alter system set default_transaction_read_only = on", "select pg_reload_conf()");
      ClusterView held = watched.await("read-only", LONG, says("n1", Access.READ_ONLY));
      assertThat(decide(held)).isEqualTo(WriteReason.LEADER_READ_ONLY);
      primary.sql(
          "set default_transaction_read_only = off",
          "alter system reset default_transaction_read_only",
          "select pg_reload_conf()");
      watched.await("it is writable", LONG, says("n1", Access.READ_WRITE));
    } finally {
      primary.sql(
          "set default_transaction_read_only = off",
          "alter system reset default_transaction_read_only",
          "select pg_reload_conf()");
    }
  }

  @Test
  void aServerThatComesBackIsFoundAgain() {
    try (PostgresLab standby = primary.standby();
        Watched watched = watch("scram", PostgresLab.PASSWORD, tls(SslMode.PREFER))) {
      etcd.put(P + "members/n2", key(two, standby));
      watched.await("a standby", LONG, says("n2", Access.IN_RECOVERY));
      standby.stop();
      watched.await("it is gone", LONG, view -> sentinel(view, "n2").failure().isPresent());
      standby.start();
      watched.await("it is back", LONG, says("n2", Access.IN_RECOVERY));
      assertThat(watched.events("sentinel_failed")).hasSize(1);
      assertThat(watched.events("sentinel_recovered")).hasSize(1);
    }
  }

  @Test
  void asksAtItsPaceOverOneConnection() {
    try (PostgresLab standby = primary.standby();
        Watched watched = watch("scram", PostgresLab.PASSWORD, tls(SslMode.PREFER))) {
      etcd.put(P + "members/n2", key(two, standby));
      watched.await("a standby", LONG, says("n2", Access.IN_RECOVERY));
      standby.sql("select pg_sleep(2)");
      assertThat(standby.log())
          .filteredOn(line -> line.contains("connection authorized: user=scram"))
          .hasSize(1);
    }
  }

  /** Neither etcd nor Patroni answers; writes go on as long as the standby streams. */
  @Test
  void aStandbyThatStreamsKeepsWritesOpen() {
    try (PostgresLab standby = primary.standby();
        Watched watched = watch("scram", PostgresLab.PASSWORD, tls(SslMode.PREFER))) {
      etcd.put(P + "members/n2", key(two, standby));
      watched.await("a standby", LONG, says("n2", Access.IN_RECOVERY));
      Await.pause(Duration.ofMillis(1500));
      assertThat(upstream(watched.last())).as("only pg_monitor may know").isEmpty();
      primary.sql("grant pg_monitor to scram");
      Upstream expected = new Upstream(new HostPort("127.0.0.1", primary.port()), 1);
      watched.await("it streams", LONG, view -> upstream(view).equals(Optional.of(expected)));
      Decisions decisions = new Decisions();
      watched.expect(decisions.until(WriteReason.LEADER_KEY_AND_SENTINEL));
      watched.expected("an open route");
      one.script(FakePatroni.Script.hang());
      two.script(FakePatroni.Script.hang());
      etcd.kill(0);
      watched.expect(decisions.until(WriteReason.STANDBYS_STREAM));
      watched.expected("replication shows the primary");
      assertThat(decisions.stopped).as("writes never stopped").isFalse();
      standby.stop();
      watched.expect(decisions.until(WriteReason.OUT_OF_SIGHT));
      watched.expected("nobody shows it any more");
      assertThat(decisions.last.blocked()).isTrue();
    } finally {
      primary.sql("revoke pg_monitor from scram");
    }
  }

  private static Optional<Upstream> upstream(ClusterView view) {
    return sentinel(view, "n2").last().flatMap(SentinelAnswer::upstream);
  }

  /** One decision for each view. */
  private static final class Decisions {
    private final WriteRouting routing = routing();
    private volatile WriteDecision last = WriteDecision.initial(Instant.EPOCH);
    private volatile boolean stopped;

    Predicate<ClusterView> until(WriteReason reason) {
      return view -> {
        boolean open = last.target().isPresent();
        last = routing.decide(view, last);
        stopped |= open && last.target().isEmpty();
        return last.reason() == reason;
      };
    }
  }

  /** patroni#2972: the REST API says primary, PostgreSQL is in recovery. */
  @Test
  void aRestApiThatSaysPrimaryTooEarlyIsNotBelieved() {
    two.script(FakePatroni.Script.json(200, Bodies.primary(2)));
    promotion("REST says primary too early");
  }

  /** The REST API has not noticed yet. */
  @Test
  void aRestApiThatSaysReplicaTooLongDoesNotHoldTheRoute() {
    promotion("REST says replica too long");
  }

  private void promotion(String what) {
    try (PostgresLab standby = primary.standby();
        Watched watched = watch("scram", PostgresLab.PASSWORD, tls(SslMode.PREFER))) {
      etcd.put(P + "members/n2", key(two, standby));
      watched.await("a standby", LONG, says("n2", Access.IN_RECOVERY));
      Route route = new Route();
      watched.expect(route);
      etcd.put(P + "leader", "n2");
      watched.await("the key", Watched.leader("n2"));
      Await.pause(Duration.ofMillis(1500));
      assertThat(route.decision.state()).isEqualTo(WriteState.HOLDING);
      assertThat(route.decision.reason()).isEqualTo(WriteReason.LEADER_NOT_WRITABLE);
      standby.promote();
      long seen = watched.expected("an open route");
      Instant opened = Instant.now().minusNanos(System.nanoTime() - seen);
      assertThat(route.decision.reason()).isEqualTo(WriteReason.LEADER_KEY_AND_SENTINEL);
      long millis = Duration.between(standby.readyAt(), opened).toMillis();
      System.out.printf("%s: route open %d ms after PostgreSQL said ready%n", what, millis);
      assertThat(millis).isBetween(-100L, 1000L);
      assertThat(watched.last().mark().timeline()).isEqualTo(2);
    }
  }

  /** Decides for each view until writes go to n2. */
  private static final class Route implements Predicate<ClusterView> {
    private final WriteRouting routing = routing();
    private volatile WriteDecision decision = WriteDecision.initial(Instant.EPOCH);

    @Override
    public boolean test(ClusterView view) {
      decision = routing.decide(view, decision);
      return decision.target().filter(target -> target.member().equals("n2")).isPresent();
    }
  }
}
