package io.trunkline.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ClusterConfig;
import io.trunkline.proxy.ProxyFixture;
import io.trunkline.proxy.ProxyTestCase;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a client waits is what Patroni may need, as the cluster's own settings say now. */
@Timeout(60)
class HoldTimeoutTest extends ProxyTestCase {

  private static ClusterContext context(ProxyFixture fixture, ProxyFixture.Settings settings) {
    ClusterConfig cluster = ProxyFixture.cluster(settings);
    return new ClusterContexts((_, _, _) -> {}, _ -> {}, InstantSource.system())
        .plan(List.of(cluster), Map.of(cluster.name(), fixture.cell))
        .get(cluster.name());
  }

  @Test
  void autoIsAsLongAsPatroniMayNeedAndFiveSeconds() throws Exception {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.holdTimeout = null;
    ProxyFixture fixture = using(new ProxyFixture(settings));
    ClusterContext context = context(fixture, settings);
    assertThat(context.holdTimeout()).as("nothing known yet").hasSeconds(45);
    fixture.leader("");
    assertThat(context.holdTimeout()).as("etcd has not told").hasSeconds(45);
    fixture.leaderless(Duration.ofSeconds(25));
    assertThat(context.holdTimeout()).hasSeconds(30);
    fixture.leaderless(Duration.ofSeconds(70));
    assertThat(context.holdTimeout()).as("it has changed").hasSeconds(75);
  }

  @Test
  void aNumberOverrides() throws Exception {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.holdTimeout = Duration.ofSeconds(20);
    ProxyFixture fixture = using(new ProxyFixture(settings));
    fixture.leaderless(Duration.ofSeconds(70));
    assertThat(context(fixture, settings).holdTimeout()).hasSeconds(20);
  }

  @Test
  void aClientWaitsThatLong() throws Exception {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.holdTimeout = null;
    ProxyFixture fixture = using(new ProxyFixture(settings));
    fixture.leaderless(Duration.ofMillis(-4_500)); // and five seconds
    long begin = System.nanoTime();
    try (Socket client = fixture.open("write")) {
      assertThat(ProxyFixture.read(client, 1000)).contains("FATAL", "57P03");
    }
    assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(450));
  }
}
