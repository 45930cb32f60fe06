package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Cidr;
import io.trunkline.config.HostPort;
import io.trunkline.pgwire.Packets;
import io.trunkline.proxy.stats.SessionEnd;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A node lets an address go: every client that came through it learns of it, whenever it came. */
class LostAddressTest extends ProxyTestCase {
  private static final int PATIENCE_MILLIS = 10_000;
  private static final List<InetAddress> VIP = List.of(InetAddress.ofLiteral("127.0.0.77"));

  private static ProxyFixture.Settings everywhere() {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.bind = new HostPort("0.0.0.0", 0);
    return settings;
  }

  private ProxyFixture proxy(ProxyFixture.Settings settings) throws IOException {
    FakePostgres postgres = using(FakePostgres.named("one"));
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", postgres.address());
    proxy.leader("pg1");
    return proxy;
  }

  private static Socket connect(ProxyFixture proxy, InetAddress to) throws IOException {
    Socket client = new Socket();
    client.setSoTimeout(PATIENCE_MILLIS);
    client.connect(new InetSocketAddress(to, proxy.proxy.bound().get("write").getPort()));
    return client;
  }

  /** Sends the startup packet, reads the member's name and goes on to the end. */
  private static void speakToTheEnd(Socket client) throws IOException {
    try {
      client.getOutputStream().write(Packets.startup());
      InputStream in = client.getInputStream();
      while (in.read() >= 0) {
        // Whatever it is, and then the end.
      }
    } catch (java.net.SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      // A reset is an end, too.
    }
  }

  /** What comes during the sweep is neither served nor left hanging, a thousand times. */
  @Test
  void whoAttachesAndSpeaksDuringTheSweepIsToldTheEnd() throws Exception {
    ProxyFixture proxy = proxy(everywhere());
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 1000; round++) {
        CountDownLatch go = new CountDownLatch(1);
        List<CompletableFuture<Void>> ended = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          ended.add(
              CompletableFuture.runAsync(
                  () -> {
                    try {
                      go.await();
                      try (Socket client = connect(proxy, VIP.getFirst())) {
                        speakToTheEnd(client);
                      }
                    } catch (IOException | InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  },
                  clients));
        }
        go.countDown();
        if (round % 2 == 0) {
          Thread.onSpinWait();
        } else {
          Thread.sleep(0, 200_000);
        }
        proxy.proxy.refuseThrough(VIP);
        proxy.proxy.endSessionsThrough(VIP).get(10, TimeUnit.SECONDS);
        for (CompletableFuture<Void> each : ended) {
          each.get(2L * PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        }
        proxy.proxy.admitThrough(VIP);
      }
    }
    try (Socket client = connect(proxy, VIP.getFirst())) {
      client.getOutputStream().write(Packets.startup());
      assertThat(client.getInputStream().read()).as("served again").isNotNegative();
    }
  }

  @Test
  void whoComesThroughAnotherAddressIsServedMeanwhile() throws Exception {
    ProxyFixture proxy = proxy(everywhere());
    proxy.proxy.refuseThrough(VIP);
    try (Socket refused = connect(proxy, VIP.getFirst());
        Socket served = connect(proxy, InetAddress.ofLiteral("127.0.0.1"))) {
      String said =
          new String(refused.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(said).startsWith("E").contains("57P01", "no longer has the VIP");
      served.getOutputStream().write(Packets.startup());
      assertThat(served.getInputStream().read()).isNotNegative();
      assertThat(proxy.proxy.stats().get("write").ends()).containsEntry(SessionEnd.VIP_LOST, 1L);
    }
  }

  @Test
  void aBalancerThatHasNotSentItsHeaderIsReset() throws Exception {
    ProxyFixture.Settings settings = everywhere();
    settings.proxyProtocolFrom = List.of(Cidr.parse("127.0.0.0/8"));
    ProxyFixture proxy = proxy(settings);
    try (Socket before = connect(proxy, VIP.getFirst());
        Socket other = connect(proxy, InetAddress.ofLiteral("127.0.0.1"))) {
      before.getOutputStream().write('P');
      other.getOutputStream().write('P');
      proxy.proxy.turn().get(10, TimeUnit.SECONDS);
      proxy.proxy.refuseThrough(VIP);
      proxy.proxy.endSessionsThrough(VIP).get(10, TimeUnit.SECONDS);
      assertThat(isOver(before)).isTrue();
      try (Socket after = connect(proxy, VIP.getFirst())) {
        assertThat(isOver(after)).isTrue();
      }
      other.setSoTimeout(200);
      assertThat(isOver(other)).isFalse();
    }
  }

  private static boolean isOver(Socket client) {
    try {
      return client.getInputStream().read() == -1;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** What the kernel has to send after the address is gone, it can send: root, and an address. */
  @Test
  void theEndIsSentAlsoWhenTheAddressIsGone() throws Exception {
    ProxyFixture proxy = proxy(everywhere());
    InetAddress address = InetAddress.ofLiteral("192.0.2.77");
    ip("add");
    boolean there = true;
    try (Socket client = new Socket()) {
      client.setSoTimeout(PATIENCE_MILLIS);
      client.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
      client.connect(new InetSocketAddress(address, proxy.proxy.bound().get("write").getPort()));
      client.getOutputStream().write(Packets.startup());
      assertThat(client.getInputStream().read()).isNotNegative();
      proxy.proxy.refuseThrough(List.of(address));
      ip("del");
      there = false;
      assertThat(proxy.proxy.endSessionsThrough(List.of(address)).get()).isEqualTo(1);
      client.getInputStream().readAllBytes();
    } finally {
      if (there) {
        ip("del");
      }
    }
  }

  private static void ip(String what) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("ip", "addr", what, "192.0.2.77/32", "dev", "lo")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }
}
