package io.trunkline.proxy.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.proxy.FakePostgres;
import io.trunkline.proxy.ProxyFixture;
import io.trunkline.proxy.ProxyTestCase;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.testing.Await;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More clients than there are file descriptors for. */
@Timeout(60)
class DescriptorsTest extends ProxyTestCase {
  private static final int DESCRIPTORS = 20;
  private static final int CLIENTS = 8;

  @Test
  void whoeverIsOneTooManyIsToldSoAndAFloodIsClosedAtOnce() throws Exception {
    FakePostgres member = using(FakePostgres.named("pg1"));
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.descriptors = DESCRIPTORS;
    ProxyFixture fixture = using(new ProxyFixture(settings));
    fixture.member("pg1", member.address());
    fixture.leader("pg1");
    assertThat(fixture.events).contains("descriptors_few");
    List<Socket> served = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      served.add(using(fixture.open("write")));
      assertThat(ProxyFixture.memberOf(served.getLast())).isEqualTo("pg1");
    }
    try (Socket refused = fixture.open("write")) {
      String told = new String(refused.getInputStream().readAllBytes(), UTF_8);
      assertThat(told).contains("53300", "no file descriptors left", "LimitNOFILE");
    }
    List<Socket> flood = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      flood.add(using(fixture.connect("write"))); // who says nothing is not told either
    }
    ListenerStats stats = fixture.proxy.stats().get("write");
    Await.until(() -> stats.accepted() == CLIENTS + 1 + 40);
    Await.until(() -> stats.connections() <= CLIENTS + CLIENTS / 4);
    for (Socket each : flood) {
      each.close();
    }
    served.getFirst().close();
    Await.until(() -> stats.connections() == CLIENTS - 1);
    try (Socket again = fixture.open("write")) {
      assertThat(ProxyFixture.memberOf(again)).isEqualTo("pg1");
    }
  }
}
