package io.trunkline.healthcheck.dcs.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.trunkline.config.HostPort;
import io.trunkline.healthcheck.Bodies;
import io.trunkline.healthcheck.EtcdLab;
import io.trunkline.healthcheck.FakePatroni;
import io.trunkline.healthcheck.Watched;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.FailoverKey;
import io.trunkline.routing.MonotonicClock;
import io.trunkline.routing.Role;
import io.trunkline.testing.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With one real etcd and one scripted member. */
class EtcdSingleTest {
  private static final String P = Watched.PREFIX;

  @TempDir Path state;
  private EtcdLab etcd;
  private FakePatroni node;

  @BeforeEach
  void start() {
    etcd = EtcdLab.start(1);
    node = new FakePatroni();
  }

  @AfterEach
  void stop() {
    node.close();
    etcd.close();
  }

  @Test
  void watchesOneGroupOfACitusCluster() {
    String group = "/service/" + Bodies.SCOPE + "/0/";
    String other = "/service/" + Bodies.SCOPE + "/1/";
    etcd.put(group + "members/coord1", node.memberJson("primary", 3));
    etcd.put(group + "leader", "coord1");
    etcd.put(other + "members/work1", node.memberJson("primary", 9));
    etcd.put(other + "leader", "work1");
    node.script(
        FakePatroni.Script.json(
            200, Bodies.primary(3).replace("\"scope\"", "\"name\": \"coord1\", \"scope\"")));
    try (Watched watched =
        new Watched(
            Bodies.SCOPE + "/0",
            Optional.of(etcd.config()),
            Watched.patroni(),
            Optional.empty(),
            state)) {
      ClusterView view =
          watched.await(
              "an answer", v -> v.member("coord1").flatMap(m -> m.rest().last()).isPresent());
      assertThat(view.members().keySet()).containsExactly("coord1");
      assertThat(view.leader().orElseThrow().member()).isEqualTo("coord1");
      assertThat(view.member("coord1").orElseThrow().rest().failure()).isEmpty();
      assertThat(view.mark().timeline()).isEqualTo(3);
      assertThat(view.problems()).isEmpty();
    }
  }

  @Test
  void readsEverythingPatroniWrites() {
    etcd.put(P + "initialize", "7000000000000000001");
    etcd.put(P + "members/n1", node.memberJson("master", 3));
    etcd.put(P + "members/n2", "{junk");
    etcd.put(P + "leader", "n1");
    etcd.put(P + "failover", "{\"leader\":\"n1\",\"member\":\"n2\"}");
    etcd.put(P + "sync", "{\"leader\":\"n1\",\"sync_standby\":\"n2,n3\"}");
    etcd.put(P + "status", "{\"optime\":123456}");
    etcd.put(P + "config", "{\"ttl\":30,\"pause\":true}");
    etcd.put(P + "history", "[[1,100,\"x\"],[2,200,\"x\"]]");
    node.script(FakePatroni.Script.json(200, Bodies.primary(3)));
    try (Watched watched = new Watched(etcd, state)) {
      ClusterView view =
          watched.await(
              "an answer of n1",
              v -> v.member("n1").flatMap(member -> member.rest().last()).isPresent());

      assertThat(view.leader().orElseThrow().member()).isEqualTo("n1");
      assertThat(view.failover().flatMap(FailoverKey::candidate)).contains("n2");
      assertThat(view.syncStandbys()).containsExactlyInAnyOrder("n2", "n3");
      assertThat(view.leaderLsn()).hasValue(123456);
      assertThat(view.maintenance()).isTrue();
      assertThat(view.mark().timeline()).isEqualTo(3);
      assertThat(view.mark().systemId()).isEqualTo("7000000000000000001");
      assertThat(view.members().keySet()).containsExactly("n1", "n2");
      assertThat(view.member("n1").orElseThrow().postgres())
          .contains(new HostPort("127.0.0.1", 5432));
      assertThat(view.member("n1").orElseThrow().rest().last().orElseThrow().role())
          .isEqualTo(Role.PRIMARY);
      assertThat(view.member("n2").orElseThrow().dcs()).isEmpty();
      assertThat(view.problems()).anyMatch(problem -> problem.startsWith("members/n2: not JSON"));
      assertThat(watched.events("member_key_unreadable")).hasSize(1);
    }
  }

  @Test
  void followsTheLeaderKeyWithinMilliseconds() throws Exception {
    etcd.put(P + "members/n1", node.memberJson("replica", 1));
    try (Watched watched = new Watched(etcd, state);
        Client writer = Client.builder().target("dns:///" + etcd.hosts().getFirst()).build()) {
      watched.await("n1", view -> view.members().containsKey("n1"));
      long[] micros = new long[40];
      for (int i = 0; i < micros.length; i++) {
        String name = "n" + i;
        watched.expect(Watched.leader(name));
        long begin = System.nanoTime();
        var put = writer.getKVClient().put(utf8(P + "leader"), utf8(name));
        micros[i] = (watched.expected("leader " + name) - begin) / 1000;
        put.get();
      }
      Arrays.sort(micros);
      System.out.printf(
          "leader key put to view: median %d µs, p90 %d µs, max %d µs%n",
          micros[20], micros[36], micros[39]);
      assertThat(micros[20]).isLessThan(100_000);

      etcd.delete(P + "leader");
      watched.await("no leader", view -> view.leader().isEmpty());
      assertThat(watched.events("leader_key_lost")).hasSize(1);
    }
  }

  @Test
  void asksTheNewLeaderWithoutPauseUntilItIsWritable() {
    etcd.put(P + "members/n1", node.memberJson("replica", 1));
    try (Watched watched = new Watched(etcd, state)) {
      watched.await("n1", view -> view.member("n1").flatMap(m -> m.rest().last()).isPresent());
      etcd.put(P + "leader", "n1");
      watched.await("n1 leads", Watched.leader("n1"));
      Await.pause(Duration.ofMillis(500));
      int before = node.asked().size();
      Await.pause(Duration.ofSeconds(1));
      int asked = node.asked().size() - before;
      assertThat(asked).isBetween(5, 45);

      watched.expect(
          view ->
              view.member("n1").orElseThrow().rest().last().orElseThrow().role() == Role.PRIMARY);
      long begin = System.nanoTime();
      node.script(FakePatroni.Script.json(200, Bodies.primary(2)));
      long millis = (watched.expected("n1 is writable") - begin) / 1_000_000;
      System.out.println("writable to view: " + millis + " ms");
      assertThat(millis).isLessThan(250);
      Await.pause(Duration.ofMillis(200));
      before = node.asked().size();
      Await.pause(Duration.ofMillis(1500));
      assertThat(node.asked().size() - before).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void survivesCompactionAndRestart() {
    etcd.put(P + "leader", "n1");
    try (Watched watched = new Watched(etcd, state)) {
      watched.await("n1 leads", Watched.leader("n1"));
      for (int i = 0; i < 20; i++) {
        etcd.put("/other", "x" + i);
      }
      String revision =
          etcd.ctl("get", "/other", "-w", "fields")
              .lines()
              .filter(line -> line.startsWith("\"Revision\""))
              .findFirst()
              .orElseThrow()
              .replaceAll("[^0-9]", "");
      etcd.ctl("compaction", revision);
      etcd.put(P + "leader", "n2");
      watched.await("n2 leads", Watched.leader("n2"));

      etcd.kill(0);
      watched.await("etcd is lost", Watched.lost());
      assertThat(watched.last().leader()).isPresent();
      etcd.restart(0);
      watched.await("etcd is back", Watched.connected());
      etcd.put(P + "leader", "n3");
      watched.await("n3 leads", Duration.ofSeconds(2), Watched.leader("n3"));
      assertThat(watched.events("dcs_lost")).hasSize(1);
      assertThat(watched.events("dcs_recovered")).hasSize(1);
    }
  }

  @Test
  void aWatchOfCompactedHistorySaysSo() throws Exception {
    for (int i = 0; i < 5; i++) {
      etcd.put(P + "leader", "n" + i);
    }
    etcd.ctl("compaction", "4");
    ExecutorService loop = Executors.newSingleThreadExecutor();
    ExecutorService workers = Executors.newCachedThreadPool();
    CompletableFuture<String> ended = new CompletableFuture<>();
    EtcdClients clients =
        new EtcdClients(etcd.config(), Optional.empty(), workers, new MonotonicClock());
    EtcdEndpoint endpoint =
        new JetcdEndpoint("one", clients.link(etcd.hosts().getFirst()), P, loop, workers);
    EtcdWatch watch = new EtcdWatch(_ -> {}, ended::complete);
    loop.execute(() -> watch.open(endpoint, 1));
    assertThat(ended.get(5, TimeUnit.SECONDS)).contains("compacted");
    endpoint.close();
    loop.shutdown();
    workers.shutdown();
  }

  @Test
  void noticesThatEtcdWasRestoredFromABackup() {
    etcd.put(P + "members/n1", node.memberJson("replica", 1));
    for (int i = 0; i < 10; i++) {
      etcd.put(P + "leader", "n" + i);
    }
    try (Watched watched = new Watched(etcd, state)) {
      watched.await("n9 leads", Watched.leader("n9"));
      etcd.kill(0);
      etcd.wipe(0);
      etcd.restart(0);
      etcd.awaitHealthy();
      etcd.put(P + "leader", "n2");
      watched.await("n2 leads", Watched.leader("n2").and(view -> view.members().isEmpty()));
      watched.awaitEvent("etcd_history_rewound");
      etcd.put(P + "leader", "n3");
      watched.await("n3 leads", Watched.leader("n3"));
    }
  }

  @Test
  void forgetsMembersThatAreGone() {
    etcd.put(P + "members/n1", node.memberJson("replica", 1));
    try (Watched watched = new Watched(etcd, state)) {
      watched.await("n1", view -> view.member("n1").flatMap(m -> m.rest().last()).isPresent());
      etcd.delete(P + "members/n1");
      watched.await("no members", view -> view.members().isEmpty());
      int before = node.asked().size();
      Await.pause(Duration.ofMillis(1500));
      assertThat(node.asked().size()).isLessThanOrEqualTo(before + 1);
      assertThat(watched.awaitEvent("member_removed").fields()).containsEntry("member", "n1");
    }
  }

  @Test
  void findsARegressionAndTakesTheOperatorsWord() {
    etcd.put(P + "initialize", "7000000000000000001");
    node.script(FakePatroni.Script.json(200, Bodies.primary(6)));
    etcd.put(P + "members/n1", node.memberJson("master", 6));
    etcd.put(P + "leader", "n1");
    try (Watched watched = new Watched(etcd, state)) {
      watched.await("the mark", view -> view.mark().timeline() == 6);
    }
    try (FakePatroni old = new FakePatroni()) {
      old.script(FakePatroni.Script.json(200, Bodies.primary(5)));
      node.script(FakePatroni.Script.json(503, Bodies.replica(6)));
      etcd.put(P + "members/n2", old.memberJson("master", 5));
      etcd.put(P + "leader", "n2"); // without a comparison, as Patroni 3.0 does
      try (Watched watched = new Watched(etcd, state)) {
        ClusterView view =
            watched.await("a regression", found -> found.mark().regression().isPresent());
        assertThat(view.mark().timeline()).isEqualTo(6);
        assertThat(view.mark().regression().orElseThrow().member()).isEqualTo("n2");
        watched.observer().acceptTimeline();
        view = watched.await("it is accepted", found -> found.mark().regression().isEmpty());
        assertThat(view.mark().timeline()).isEqualTo(5);
        Await.pause(Duration.ofMillis(1200));
        assertThat(watched.last().mark().regression()).isEmpty();
        assertThat(watched.events("timeline_regression")).hasSize(1);
        assertThat(watched.events("timeline_accepted")).hasSize(1);
      }
    }
  }

  @Test
  void aStaleMemberKeyIsNoRegression() {
    etcd.put(P + "initialize", "7000000000000000001");
    etcd.put(P + "history", "[[5,100,\"x\"]]");
    node.script(FakePatroni.Script.hang());
    etcd.put(P + "members/n1", node.memberJson("master", 5));
    etcd.put(P + "leader", "n1");
    try (Watched watched = new Watched(etcd, state)) {
      watched.await("the mark", view -> view.mark().timeline() == 6);
      Await.pause(Duration.ofMillis(500));
      assertThat(watched.last().mark().regression()).isEmpty();
      etcd.put(P + "members/n1", node.memberJson("master", 5) + " ");
      watched.await("a regression", view -> view.mark().regression().isPresent());
      assertThat(watched.last().member("n1").orElseThrow().dcs()).isNotEqualTo(Optional.empty());
    }
  }

  private static ByteSequence utf8(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }
}
