package io.trunkline.healthcheck.dcs.etcd;

import static io.trunkline.config.Configs.change;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.Configs;
import io.trunkline.config.EtcdConfig;
import io.trunkline.config.HostPort;
import io.trunkline.config.Secret;
import io.trunkline.healthcheck.Bodies;
import io.trunkline.testing.Await;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Logins: how many there are, and what they cost those who ask. */
@Timeout(120)
class EtcdLoginTest {
  private final FakeEtcd etcd = new FakeEtcd();
  private final ExecutorService loop = Executors.newSingleThreadExecutor();
  private final ExecutorService workers = Executors.newCachedThreadPool();
  private volatile Instant now = Instant.parse("2026-11-21T10:00:00Z");
  private final EtcdClients clients =
      new EtcdClients(config(etcd.address()), Optional.empty(), workers, () -> now);

  private record Answer(EtcdEndpoint.@Nullable Answer value, @Nullable String failure) {}

  private static EtcdConfig config(HostPort... hosts) {
    return change(Configs.etcd(List.of(hosts)))
        .with(EtcdConfig::username, Optional.of("trunkline"))
        .with(EtcdConfig::password, Optional.of(new Secret("s3cret")))
        .record();
  }

  @AfterEach
  void stop() {
    etcd.close();
    loop.shutdownNow();
    workers.shutdownNow();
  }

  private EtcdEndpoint endpoint() {
    return new JetcdEndpoint("one", clients.link(etcd.address()), "/service/x/", loop, workers);
  }

  private Answer read(EtcdEndpoint endpoint) {
    return reading(endpoint).orTimeout(30, TimeUnit.SECONDS).join();
  }

  private CompletableFuture<Answer> reading(EtcdEndpoint endpoint) {
    CompletableFuture<Answer> told = new CompletableFuture<>();
    loop.execute(
        () ->
            endpoint.read("leader", (value, failure) -> told.complete(new Answer(value, failure))));
    return told;
  }

  @Test
  void aSlowLoginIsMadeOnceAndItsTokenServesEverybody() {
    EtcdEndpoint endpoint = endpoint();
    List<CompletableFuture<Answer>> early = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      early.add(reading(endpoint));
    }
    for (CompletableFuture<Answer> each : early) {
      assertThat(each.orTimeout(30, TimeUnit.SECONDS).join().failure())
          .contains("no answer yet to the login");
    }
    now = now.plusSeconds(60); // a client that fails for so long would be thrown away
    assertThat(read(endpoint).failure()).contains("no answer yet to the login");
    assertThat(etcd.logins).hasValue(1);

    CompletableFuture<Answer> waiting = reading(endpoint);
    etcd.admit();
    assertThat(waiting.orTimeout(30, TimeUnit.SECONDS).join().value()).isNotNull();
    assertThat(read(endpoint).value()).isNotNull();
    assertThat(read(endpoint()).value()).as("another client").isNotNull();
    assertThat(etcd.logins).hasValue(1);
  }

  @Test
  void aTokenThatIsRejectedIsReplacedOnce() {
    etcd.prompt = true;
    EtcdEndpoint endpoint = endpoint();
    assertThat(read(endpoint).value()).isNotNull();
    etcd.token = "t2"; // as after a restart
    assertThat(read(endpoint).value()).as("asked again with the new one").isNotNull();
    assertThat(etcd.logins).hasValue(2);
  }

  @Test
  void aRefusalIsToldAndTheNextLoginWaitsEverLonger() {
    EtcdEndpoint endpoint = endpoint();
    CompletableFuture<Answer> first = reading(endpoint);
    Await.until(() -> !etcd.waiting.isEmpty());
    etcd.refuse();
    assertThat(first.orTimeout(30, TimeUnit.SECONDS).join().failure())
        .contains("authentication failed")
        .doesNotContain("s3cret");
    List<Integer> after = new ArrayList<>();
    for (int second = 1; second <= 60; second++) {
      now = now.plusSeconds(1);
      int before = etcd.logins.get();
      CompletableFuture<Answer> next = reading(endpoint);
      Await.until(() -> next.isDone() || !etcd.waiting.isEmpty());
      etcd.refuse();
      assertThat(next.orTimeout(30, TimeUnit.SECONDS).join().failure())
          .contains("authentication failed");
      if (etcd.logins.get() > before) {
        after.add(second);
      }
    }
    assertThat(after.size()).isBetween(4, 6);
    for (int i = 2; i < after.size(); i++) {
      assertThat(after.get(i) - after.get(i - 1))
          .isGreaterThan(after.get(i - 1) - after.get(i - 2));
    }
  }

  @Test
  void anEndpointThatIsOnlySlowIsNotThrownAwayForIt() {
    etcd.prompt = true;
    EtcdLink link = clients.link(etcd.address());
    EtcdLink.Connection first = link.connection();
    EtcdEndpoint endpoint = new JetcdEndpoint("one", link, "/service/x/", loop, workers);
    assertThat(read(endpoint).value()).isNotNull();
    etcd.mute = true;
    now = now.plusSeconds(5);
    assertThat(read(endpoint).failure()).isEqualTo("no answer in time");
    assertThat(link.connection()).isSameAs(first);
    now = now.plusSeconds(11);
    assertThat(link.connection()).isNotSameAs(first);
  }

  @Test
  void whatTheFormerClientComesToIsNotItsSuccessors() {
    etcd.prompt = true;
    EtcdLink link = clients.link(etcd.address());
    EtcdLink.Connection first = link.connection();
    EtcdEndpoint endpoint = new JetcdEndpoint("one", link, "/service/x/", loop, workers);
    assertThat(read(endpoint).value()).isNotNull();
    etcd.mute = true;
    assertThat(read(endpoint).failure()).isEqualTo("no answer in time");
    CompletableFuture<Answer> open = reading(endpoint);
    Await.until(() -> etcd.reads.get() >= 3);
    now = now.plusSeconds(20);
    EtcdLink.Connection second = link.connection(); // which closes the first one
    assertThat(second).isNotSameAs(first);
    assertThat(open.orTimeout(30, TimeUnit.SECONDS).join().failure())
        .as("not that it was shut down")
        .isEqualTo("no answer in time");
    assertThat(link.busy()).isFalse();
    now = now.plusSeconds(20);
    assertThat(link.connection()).as("nothing has failed there").isSameAs(second);
  }

  @Test
  void aLeaseIsRenewedWithTheTokenAlsoAfterEtcdHasForgottenIt() {
    etcd.prompt = true;
    ClusterConfig cluster =
        change(Configs.cluster())
            .with(ClusterConfig::scope, Bodies.SCOPE)
            .with(ClusterConfig::etcd, Optional.of(config(etcd.address())))
            .record();
    try (EtcdAccess access = new EtcdAccess(cluster, "vip", "/trunkline/")) {
      renew(access);
      etcd.token = "t2";
      renew(access);
    }
    assertThat(etcd.renewals).hasValueGreaterThanOrEqualTo(2);
    assertThat(etcd.logins).hasValue(2);
  }

  /** As a VIP does, again and again: the first calls may come before the login is answered. */
  private static void renew(EtcdAccess access) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try {
        assertThat(access.call(it -> it.getLeaseClient().keepAliveOnce(7)).join().getTTL())
            .isEqualTo(9);
        return;
      } catch (RuntimeException e) {
        assertThat(System.nanoTime()).as(e.toString()).isLessThan(end);
      }
    }
  }
}
