package io.trunkline.healthcheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.Configs;
import io.trunkline.config.EtcdConfig;
import io.trunkline.config.HostPort;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.DcsHealth;
import io.trunkline.routing.Member;
import io.trunkline.routing.RestAnswer;
import io.trunkline.routing.Target;
import io.trunkline.routing.WriteDecision;
import io.trunkline.routing.WritePolicy;
import io.trunkline.routing.WriteRouting;
import io.trunkline.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without etcd: members are learnt from their REST APIs. */
class RestOnlyTest {
  @TempDir Path state;
  private FakePatroni one;
  private FakePatroni two;

  @BeforeEach
  void start() {
    one = new FakePatroni();
    two = new FakePatroni();
    one.script(scripted(200, Bodies.primary(4)));
    two.script(scripted(503, Bodies.replica(4)));
  }

  @AfterEach
  void stop() {
    one.close();
    two.close();
  }

  @Test
  void learnsNamesAndAddressesFromAnyHost() {
    try (Watched watched = watch(one.url())) {
      ClusterView view =
          watched.await(
              "both members",
              v ->
                  v.members().size() == 2
                      && v.members().values().stream().allMatch(m -> m.rest().last().isPresent()));
      assertThat(view.members().keySet()).containsExactly("n1", "n2");
      assertThat(view.dcs()).isInstanceOf(DcsHealth.Absent.class);
      assertThat(view.leader()).isEmpty();
      assertThat(view.member("n2").orElseThrow().postgres())
          .contains(new HostPort("10.0.0.2", 6432));
      assertThat(view.syncStandbys()).containsExactly("n2");
      assertThat(view.maintenance()).isTrue();
      assertThat(view.failover().orElseThrow().candidate()).contains("n2");
      assertThat(view.leaderLsn()).hasValue(5000);
      assertThat(view.mark().timeline()).isEqualTo(4);
      assertThat(view.mark().systemId()).isEqualTo("7000000000000000001");
      assertThat(view.member("n2").orElseThrow().tags().values())
          .containsEntry("noloadbalance", "true")
          .containsEntry("priority", "3");
    }
  }

  @Test
  void makesDoWithAddressesWhileNobodyKnowsTheCluster() {
    one.script(
        (path, socket, out) ->
            FakePatroni.Script.json(path.equals("/cluster") ? 500 : 200, Bodies.primary(4))
                .run(path, socket, out));
    try (Watched watched = watch(one.url())) {
      ClusterView view =
          watched.await(
              "an answer",
              v -> v.members().values().stream().anyMatch(m -> m.rest().last().isPresent()));
      assertThat(view.members().keySet()).containsExactly("127.0.0.1:" + one.port());
      assertThat(view.members().firstEntry().getValue().postgres())
          .contains(new HostPort("127.0.0.1", 5432));
      one.script(scripted(200, Bodies.primary(4)));
      watched.await("the names", v -> v.member("n1").isPresent() && v.members().size() == 2);
    }
  }

  @Test
  void callsAMemberByTheNameThatItTells() {
    String body = Bodies.primary(4).replace("\"scope\"", "\"name\": \"n1\", \"scope\"");
    one.script(
        (path, socket, out) ->
            FakePatroni.Script.json(path.equals("/cluster") ? 500 : 200, body)
                .run(path, socket, out));
    try (Watched watched = watch(one.url())) {
      ClusterView view =
          watched.await("n1", v -> v.member("n1").flatMap(m -> m.rest().last()).isPresent());
      assertThat(view.members()).hasSize(1);
    }
  }

  @Test
  void standsInForAnEtcdThatHasNeverAnswered() {
    EtcdConfig dead = Configs.etcd(List.of(new HostPort("127.0.0.1", 1)));
    try (Watched watched = new Watched(Optional.of(dead), Watched.patroni(one.url()), state)) {
      ClusterView view =
          watched.await("n1", v -> v.member("n1").flatMap(m -> m.rest().last()).isPresent());
      assertThat(view.dcs()).isInstanceOf(DcsHealth.Lost.class);
      assertThat(view.leader()).isEmpty();
    }
  }

  /** One host tells of 300 members that do not exist: writes go on. */
  @Test
  void inventedMembersDoNotIsolateTheRoute() {
    String dead = "http://127.0.0.1:2";
    String invented =
        IntStream.range(0, 300)
            .mapToObj(
                i ->
                    "{\"name\": \"a%1$03d\", \"host\": \"127.0.0.1\", \"api_url\": \"%2$s\"},"
                        .formatted(i, i == 0 ? dead : "http://127.0.0.1:1"))
            .collect(Collectors.joining());
    String cluster = cluster().replace("[", "[" + invented);
    one.script(
        (path, socket, out) ->
            FakePatroni.Script.json(200, path.equals("/cluster") ? cluster : Bodies.primary(4))
                .run(path, socket, out));
    try (Watched watched = watch(one.url(), two.url(), dead)) {
      ClusterView view =
          watched.await(
              "both members among the others",
              v ->
                  v.members().size() == 256
                      && Stream.of("n1", "n2")
                          .allMatch(n -> v.member(n).flatMap(m -> m.rest().last()).isPresent()));
      WriteRouting routing =
          new WriteRouting(
              new WritePolicy(
                  Duration.ofSeconds(15), Duration.ofSeconds(3), ClusterConfig.OnIsolation.HOLD));
      assertThat(view.members().values().stream().filter(Member::counted))
          .extracting(Member::name)
          .containsExactly("a000", "n1", "n2");
      assertThat(routing.decide(view, WriteDecision.initial(Instant.EPOCH)).target())
          .map(Target::member)
          .contains("n1");
    }
  }

  @Test
  void aHungMemberDelaysNobody() {
    two.script(
        (path, socket, out) -> {
          if (path.equals("/cluster")) {
            scripted(200, "").run(path, socket, out);
          } else {
            FakePatroni.Script.hang().run(path, socket, out);
          }
        });
    try (Watched watched = watch(two.url(), one.url())) {
      watched.await("n1", v -> v.member("n1").flatMap(m -> m.rest().last()).isPresent());
      watched.await("n2 fails", v -> v.member("n2").flatMap(m -> m.rest().failure()).isPresent());
      int before = one.asked().size();
      Await.pause(Duration.ofMillis(2200));
      assertThat(one.asked().size() - before).isBetween(2, 4);
      assertThat(watched.events("rest_failed")).hasSize(1);
      two.script(scripted(503, Bodies.replica(4)));
      watched.awaitEvent("rest_recovered");
    }
  }

  @Test
  void refusesAnswersOfAnotherCluster() {
    two.script(
        scripted(200, Bodies.primary(9).replace("\"scope\": \"main\"", "\"scope\": \"other\"")));
    try (Watched watched = watch(one.url())) {
      ClusterView view =
          watched.await(
              "n2 fails", v -> v.member("n2").flatMap(m -> m.rest().failure()).isPresent());
      assertThat(view.member("n2").orElseThrow().rest().failure())
          .contains("belongs to scope other");
      assertThat(view.mark().timeline()).isLessThan(9);
      assertThat(view.problems()).contains("member n2: REST: belongs to scope other");
    }
  }

  @Test
  void followsNoRedirect() {
    two.script(scripted(302, "{}"));
    try (Watched watched = watch(one.url())) {
      ClusterView view =
          watched.await(
              "n2 fails", v -> v.member("n2").flatMap(m -> m.rest().failure()).isPresent());
      assertThat(view.member("n2").orElseThrow().rest().failure()).contains("HTTP status 302");
    }
  }

  @Test
  void asksAtOnceWhenASessionBreaks() {
    try (Watched watched = watch(one.url())) {
      watched.await("n1", v -> v.member("n1").flatMap(m -> m.rest().last()).isPresent());
      Await.pause(Duration.ofMillis(100));
      RestAnswer before = answer(watched);
      watched.observer().failed("n1", "connection reset");
      ClusterView view = watched.await("asked again", v -> !answer(watched).equals(before));
      assertThat(view.member("n1").orElseThrow().connect().failure()).contains("connection reset");
      for (int i = 0; i < 10_000; i++) {
        watched.observer().failed("n1", "connection reset");
      }
      watched.observer().connected("n1");
      watched.await("it is fine", v -> v.member("n1").orElseThrow().connect().failure().isEmpty());
    }
  }

  @Test
  void asksAtOnceWhenASessionMeetsAStandby() {
    try (Watched watched = watch(one.url())) {
      watched.await("n1", v -> v.member("n1").flatMap(m -> m.rest().last()).isPresent());
      watched.observer().standbySeen("n1");
      ClusterView view = watched.await("it is known", v -> standbySeenAt(v).isPresent());
      Instant seen = standbySeenAt(view).orElseThrow();
      assertThat(view.member("n1").orElseThrow().connect().standbySeen(seen, seen)).contains(seen);
      watched.await("asked since", v -> answer(watched).askedAt().isAfter(seen));
      watched.observer().connected("n1");
      watched.await(
          "and connected", v -> v.member("n1").orElseThrow().connect().lastSuccess().isPresent());
      assertThat(standbySeenAt(watched.last())).contains(seen);
    }
  }

  private static Optional<Instant> standbySeenAt(ClusterView view) {
    return view.member("n1").orElseThrow().connect().standbySeenAt();
  }

  private static RestAnswer answer(Watched watched) {
    return watched.last().member("n1").orElseThrow().rest().last().orElseThrow();
  }

  private FakePatroni.Script scripted(int status, String body) {
    return (path, socket, out) ->
        FakePatroni.Script.json(
                path.equals("/cluster") ? 200 : status, path.equals("/cluster") ? cluster() : body)
            .run(path, socket, out);
  }

  private String cluster() {
    return """
    {"members": [
     {"name": "n1", "role": "leader", "state": "running", "api_url": "%s/patroni",
      "host": "10.0.0.1", "port": 5432, "timeline": 4},
     {"name": "n2", "role": "sync_standby", "state": "running", "api_url": "%s/patroni",
      "host": "10.0.0.2", "port": 6432, "timeline": 4, "lag": 0}],
     "pause": true,
     "scheduled_switchover": {"at": "2036-01-01T00:00:00+00:00", "from": "n1", "to": "n2"}}\
    """
        .formatted(one.url(), two.url());
  }

  private Watched watch(String... hosts) {
    return new Watched(Optional.empty(), Watched.patroni(hosts), state);
  }
}
