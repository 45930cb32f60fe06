package io.trunkline.proxy.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.pgwire.Packets;
import io.trunkline.proxy.FakePostgres;
import io.trunkline.proxy.ProxyFixture;
import io.trunkline.proxy.stats.CancelDrop;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.proxy.stats.SessionEnd;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of cancel requests whose session this node does not know. */
@Timeout(30)
class CancelQueueTest {
  private static final byte[] CANCEL = Packets.packet(80_877_102, new byte[8]);

  private final List<Socket> clients = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (Socket client : clients) {
      client.close();
    }
  }

  private static Socket cancel(ProxyFixture proxy) throws IOException {
    Socket client = proxy.connect("write");
    client.getOutputStream().write(CANCEL);
    return client;
  }

  @Test
  void theClientIsKeptUntilTheMemberHasClosed() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    FakePostgres.Script script =
        (_, in) -> {
          FakePostgres.readPacket(in);
          arrived.countDown();
          awaitQuietly(goOn);
        };
    try (FakePostgres postgres = new FakePostgres(script);
        ProxyFixture proxy = new ProxyFixture()) {
      proxy.member("pg1", postgres.address());
      proxy.leader("pg1");
      try (Socket client = cancel(proxy)) {
        assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(proxy.proxy.stats().get("write").ends())
            .containsEntry(SessionEnd.CANCEL_DONE, 0L);
        goOn.countDown();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void moreThanFitAtOnceWait() throws Exception {
    int many = 190;
    CountDownLatch arrived = new CountDownLatch(many);
    FakePostgres.Script script =
        (_, in) -> {
          FakePostgres.readPacket(in);
          arrived.countDown();
        };
    try (FakePostgres postgres = new FakePostgres(script);
        ProxyFixture proxy = new ProxyFixture()) {
      proxy.member("pg1", postgres.address());
      proxy.leader("pg1");
      for (int i = 0; i < many; i++) {
        clients.add(cancel(proxy));
      }
      assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(proxy.proxy.stats().get("write").cancelDrops().values()).containsOnly(0L);
    }
  }

  @Test
  void aFloodFromOneAddressIsDroppedAndCounted() throws Exception {
    try (FakePostgres postgres = new FakePostgres((_, in) -> FakePostgres.readPacket(in));
        ProxyFixture proxy = new ProxyFixture()) {
      proxy.member("pg1", postgres.address());
      proxy.leader("pg1");
      ListenerStats stats = proxy.proxy.stats().get("write");
      for (int i = 0; i < 600; i++) {
        clients.add(proxy.connect("write"));
      }
      for (Socket client : clients) {
        client.getOutputStream().write(CANCEL);
      }
      for (Socket client : clients) {
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(stats.cancelDrops().get(CancelDrop.RATE)).isPositive();
    }
  }
}
