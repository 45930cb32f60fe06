package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.trunkline.config.AuthConfig;
import io.trunkline.config.Configs;
import io.trunkline.config.HostPort;
import io.trunkline.config.Secret;
import io.trunkline.leak.Leaks;
import io.trunkline.pgwire.PostgresLab;
import io.trunkline.proxy.ProxyFixture.Settings;
import io.trunkline.testing.Await;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Very many clients that this node is to log in for, while something is wrong. */
@Timeout(240)
class ManyLoginsTest extends ProxyTestCase {
  /** Of a test's client, both sides of the proxy, and the member. */
  private static final int DESCRIPTORS_EACH = 4;

  /** -Dtrunkline.logins=10000 for a long look. */
  private static final int MOST = Integer.getInteger("trunkline.logins", 2000);

  private static final long BYTES_EACH = 64 << 10;
  private static final String USER = "app";
  private static final String VERIFIER =
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
          + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

  private final AtomicInteger asking = new AtomicInteger();
  private final AtomicInteger mostAsking = new AtomicInteger();
  private final AtomicInteger loggingIn = new AtomicInteger();
  private final CountDownLatch deadline = new CountDownLatch(1);
  private volatile boolean answers;

  private static Settings settings() {
    Settings settings = new Settings();
    settings.limits = Configs.limits(20_000, 20_000, 20_000);
    settings.holdLimit = 20_000;
    settings.holdTimeout = Duration.ofSeconds(60);
    settings.auth =
        Optional.of(
            new AuthConfig("trunkline_auth", new Secret("x"), "postgres", "SELECT $1", false));
    return settings;
  }

  /** Lets the role that asks in; asks others for SCRAM, and ends them at the deadline. */
  private void serve(Socket socket, DataInputStream in) throws IOException {
    String startup = new String(FakePostgres.readPacket(in), StandardCharsets.UTF_8);
    if (startup.contains("trunkline_auth")) {
      mostAsking.accumulateAndGet(asking.incrementAndGet(), Math::max);
      try {
        socket.getOutputStream().write(join(message('R', new byte[4]), message('Z', "I")));
        while (true) {
          if (in.readUnsignedByte() == 'S' && answers) {
            socket.getOutputStream().write(HostileLoginTest.answer(VERIFIER));
          }
          in.readNBytes(in.readInt() - Integer.BYTES);
        }
      } finally {
        asking.decrementAndGet();
      }
    }
    loggingIn.incrementAndGet();
    try {
      socket
          .getOutputStream()
          .write(
              message(
                  'R',
                  join(
                      new byte[] {0, 0, 0, 10},
                      "SCRAM-SHA-256\0\0".getBytes(StandardCharsets.US_ASCII))));
      deadline.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      loggingIn.decrementAndGet();
    }
  }

  private ProxyFixture start() throws IOException {
    FakePostgres member = using(new FakePostgres(this::serve));
    ProxyFixture proxy = using(new ProxyFixture(settings()));
    proxy.member("n1", member.address());
    proxy.leader("n1");
    return proxy;
  }

  private static Callable<Duration> login(
      ProxyFixture proxy, List<ScramSocket> clients, boolean leaves) {
    return () -> {
      long start = System.nanoTime();
      ScramSocket client = new ScramSocket(proxy.connect("write"), USER);
      synchronized (clients) {
        clients.add(client);
      }
      client.socket().setSoTimeout(60_000);
      client.read('R');
      if (leaves) {
        client.close();
      }
      return Duration.ofNanos(System.nanoTime() - start);
    };
  }

  /** The query for verifiers never answers: each waits 3 s for it at most, all together. */
  @Test
  void aThousandDoNotWaitForAQueryThatHangs() throws Exception {
    ProxyFixture proxy = start();
    AtRest before = AtRest.now(proxy);
    List<ScramSocket> clients = new ArrayList<>();
    List<Callable<Duration>> logins = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      logins.add(login(proxy, clients, true));
    }
    List<Duration> took = Attackers.all(logins);

    Duration longest = took.stream().max(Duration::compareTo).orElseThrow();
    System.out.println(
        "the last of 1,000 was asked for its proof after " + longest.toMillis() + " ms");
    assertThat(longest).isLessThan(Duration.ofSeconds(10));
    assertThat(mostAsking.get()).as("connections that ask").isBetween(1, 2);
    assertThat(proxy.told.toString()).contains("LOGIN_PASSED_THROUGH", "no answer within 3 s");

    answers = true;
    Await.until(() -> hasOwnWords(proxy));
    deadline.countDown();
    before.comesBack();
  }

  /** Whether this node logs in again: the member does not hear what the client says. */
  private boolean hasOwnWords(ProxyFixture proxy) throws IOException {
    try (ScramSocket client = new ScramSocket(proxy.connect("write"), USER)) {
      client.read('R');
      client.send(message('Q', "select 1\0"));
      client.socket().setSoTimeout(500);
      return client.read().body().contains("trunkline:");
    } catch (IOException passedOn) {
      return false;
    }
  }

  @Test
  void clientsThatStopAfterTheSaslRequestCostLittleAndKeepNobodyOut() throws Exception {
    answers = true;
    ProxyFixture proxy = start();
    try (ScramSocket warm = new ScramSocket(proxy.connect("write"), USER)) {
      warm.read('R');
    }
    Await.until(() -> SwitchoverLab.stats(proxy).connections() == 0);
    UnixOperatingSystemMXBean system =
        (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    int clients =
        (int)
            Math.min(
                MOST,
                (system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount() - 1000)
                    / DESCRIPTORS_EACH);
    Leaks.collectGarbage();
    AtRest before = AtRest.now(proxy);
    long heap = heap();
    List<ScramSocket> stopped = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < clients; i++) {
      stopped.add(new ScramSocket(proxy.connect("write"), USER));
    }
    Duration other = login(proxy, stopped, false).call();
    System.out.printf(
        "%d half-done logins, another client was asked %d ms after the last of them, %d ms in"
            + " all%n",
        clients, other.toMillis(), (System.nanoTime() - start) / 1_000_000);
    assertThat(other).isLessThan(Duration.ofSeconds(30));
    assertThat(loggingIn.get()).isLessThanOrEqualTo(clients + 2);
    assertThat(mostAsking.get()).isLessThanOrEqualTo(2);
    Leaks.collectGarbage();
    long each = (heap() - heap) / clients;
    System.out.println(each + " bytes of heap for each, with the test's own side");
    assertThat(each).isLessThan(BYTES_EACH);

    deadline.countDown(); // the member's, as authentication_timeout
    Await.until(
        "the end of all",
        Duration.ofSeconds(30),
        () -> SwitchoverLab.stats(proxy).connections() == 0);
    for (ScramSocket client : stopped) {
      client.close();
    }
    before.comesBack();
  }

  private static long heap() {
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** PostgreSQL has the deadline: authentication_timeout. */
  @Test
  void postgresEndsTheLoginsThatNobodyGoesOnWith() throws Exception {
    try (PostgresLab postgres = PostgresLab.primary()) {
      ClientLoginTest.installAuth(postgres);
      postgres.sql("alter system set authentication_timeout = '3s'", "select pg_reload_conf()");
      Settings settings = settings();
      settings.auth = Optional.of(SwitchoverLab.AUTH);
      ProxyFixture proxy = using(new ProxyFixture(settings));
      proxy.member("n1", new HostPort("127.0.0.1", postgres.port()));
      proxy.leader("n1");
      for (int i = 0; i < 40; i++) {
        ScramSocket client = using(new ScramSocket(proxy.connect("write"), "scram"));
        client.read('R');
        if (i % 2 == 0) {
          client.send(client.first());
          client.readFirst();
        }
      }
      try (ScramSocket client = new ScramSocket(proxy.connect("write"), "scram")) {
        client.logIn(PostgresLab.PASSWORD);
      }
      Await.until(
          "the end of all",
          Duration.ofSeconds(10),
          () -> SwitchoverLab.stats(proxy).connections() == 0);
      assertThat(postgres.query("select count(*) from pg_stat_activity where usename = 'scram'"))
          .isEqualTo("0");
    }
  }
}
