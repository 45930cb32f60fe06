package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.packet;
import static io.trunkline.pgwire.Packets.startup;
import static io.trunkline.proxy.ProxyFixture.memberOf;
import static io.trunkline.proxy.ProxyFixture.read;
import static io.trunkline.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Cidr;
import io.trunkline.config.Configs;
import io.trunkline.config.HostPort;
import io.trunkline.proxy.stats.SessionEnd;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SessionTest extends ProxyTestCase {
  private static final int SSL_REQUEST = 80_877_103;
  private static final int GSSENC_REQUEST = 80_877_104;
  private static final int CANCEL_REQUEST = 80_877_102;

  private ProxyFixture proxy(FakePostgres first, FakePostgres second) throws IOException {
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", first.address());
    proxy.member("pg2", second.address());
    return proxy;
  }

  @Test
  void relaysBothWays() throws Exception {
    ProxyFixture proxy = proxy(using(FakePostgres.named("one")), using(FakePostgres.named("two")));
    proxy.leader("pg1");
    try (Socket client = proxy.open("write")) {
      assertThat(memberOf(client)).isEqualTo("one");
      client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
      assertThat(read(client, 5)).isEqualTo("hello");
    }
    try (Socket client = proxy.open("read")) {
      assertThat(memberOf(client)).isEqualTo("two");
    }
  }

  @Test
  void aPacketSplitAtEveryByteOpensASession() throws Exception {
    ProxyFixture proxy = proxy(using(FakePostgres.named("one")), using(FakePostgres.named("two")));
    proxy.leader("pg1");
    byte[] startup = startup();
    for (int split = 1; split < startup.length; split += 3) {
      try (Socket client = proxy.connect("write")) {
        client.setTcpNoDelay(true);
        client.getOutputStream().write(startup, 0, split);
        client.getOutputStream().flush();
        Thread.sleep(2); // so that the rest comes by itself
        client.getOutputStream().write(startup, split, startup.length - split);
        assertThat(memberOf(client)).isEqualTo("one");
      }
    }
  }

  @Test
  void aClientWaitsForALeader() throws Exception {
    ProxyFixture proxy = proxy(using(FakePostgres.named("one")), using(FakePostgres.named("two")));
    proxy.leader("");
    try (Socket client = proxy.open("write")) {
      until(() -> proxy.proxy.stats().get("write").queued() == 1);
      proxy.leader("pg2");
      assertThat(memberOf(client)).isEqualTo("two");
      assertThat(proxy.proxy.stats().get("write").queued()).isZero();
    }
  }

  @Test
  void aClientThatWaitsTooLongIsToldWhy() throws Exception {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.holdTimeout = Duration.ofMillis(200);
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.leader("");
    try (Socket client = proxy.open("write")) {
      String error = read(client, 1000);
      assertThat(error)
          .startsWith("E")
          .contains("FATAL", "57P03")
          .contains("Mtrunkline: no primary was available within hold_timeout (2")
          .contains("DThere is no leader key in etcd.\0", "HTry again");
    }
  }

  @Test
  void aWaitingClientThatLeavesFreesItsPlace() throws Exception {
    ProxyFixture proxy = proxy(using(FakePostgres.named("one")), using(FakePostgres.named("two")));
    proxy.leader("");
    Socket client = proxy.open("write");
    until(() -> proxy.proxy.stats().get("write").queued() == 1);
    client.close();
    until(() -> proxy.proxy.stats().get("write").queued() == 0);
    until(() -> proxy.proxy.stats().get("write").connections() == 0);
  }

  @Test
  void holdLimitIsAPostgresError() throws Exception {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.holdLimit = 1;
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.leader("");
    try (Socket _ = proxy.open("write")) {
      until(() -> proxy.proxy.stats().get("write").queued() == 1);
      try (Socket second = proxy.open("write")) {
        assertThat(read(second, 1000)).contains("57P03", "too many clients are queued");
      }
    }
  }

  @Test
  void sessionsOfASupersededPrimaryEnd() throws Exception {
    ProxyFixture proxy = proxy(using(FakePostgres.named("one")), using(FakePostgres.named("two")));
    proxy.leader("pg1");
    try (Socket client = proxy.open("write");
        Socket reader = proxy.open("read")) {
      assertThat(memberOf(client)).isEqualTo("one");
      assertThat(memberOf(reader)).isEqualTo("two");
      proxy.leader("pg2");
      assertThat(read(client, 1000)).startsWith("E").contains("57P01", "another member");
      assertThat(proxy.proxy.stats().get("write").ends()).containsEntry(SessionEnd.SUPERSEDED, 1L);
      reader.getOutputStream().write('x');
      assertThat(read(reader, 1)).isEqualTo("x");
    }
  }

  @Test
  void aReaderThatFellBackToThePrimaryIsFencedToo() throws Exception {
    FakePostgres one = using(FakePostgres.named("one"));
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", one.address());
    proxy.leader("pg1");
    try (Socket client = proxy.open("read")) {
      assertThat(memberOf(client)).isEqualTo("one");
      proxy.member("pg2", new HostPort("127.0.0.1", 1));
      proxy.leader("pg2");
      assertThat(read(client, 1000)).startsWith("E").contains("57P01", "another member");
    }
  }

  @Test
  void withoutALeaderTheClientsBytesAreKeptBackAndComeLater() throws Exception {
    ProxyFixture proxy = proxy(using(FakePostgres.named("one")), using(FakePostgres.named("two")));
    proxy.leader("pg1");
    try (Socket client = proxy.open("write")) {
      assertThat(memberOf(client)).isEqualTo("one");
      proxy.leader("");
      proxy.proxy.turn().join();
      client.getOutputStream().write("later".getBytes(StandardCharsets.UTF_8));
      client.setSoTimeout(300);
      assertThat(catchTimeout(client)).isTrue();
      client.setSoTimeout(10_000);
      proxy.leader("pg1");
      assertThat(read(client, 5)).isEqualTo("later");
    }
  }

  @Test
  void aPausedClientThatLeavesNeverReachesTheMember() throws Exception {
    List<String> seen = new java.util.concurrent.CopyOnWriteArrayList<>();
    FakePostgres one =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  client.getOutputStream().write(FakePostgres.greeting("one"));
                  seen.add(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }));
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", one.address());
    proxy.leader("pg1");
    Socket client = proxy.open("write");
    assertThat(memberOf(client)).isEqualTo("one");
    proxy.leader("");
    proxy.proxy.turn().join();
    client.getOutputStream().write("COMMIT".getBytes(StandardCharsets.UTF_8));
    client.close();
    until(() -> proxy.proxy.stats().get("write").connections() == 0);
    until(() -> !seen.isEmpty());
    assertThat(String.join("", seen)).doesNotContain("COMMIT");
  }

  @Test
  void aMemberThatRefusesIsReplacedByTheNext() throws Exception {
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", using(FakePostgres.named("one")).address());
    proxy.member("pg2", new HostPort("127.0.0.1", 1));
    proxy.member("pg3", using(FakePostgres.named("tri")).address());
    proxy.leader("pg1");
    for (int i = 0; i < 4; i++) {
      try (Socket client = proxy.open("read")) {
        assertThat(memberOf(client)).isEqualTo("tri");
      }
    }
    assertThat(proxy.failures).anyMatch(failure -> failure.startsWith("pg2: "));
  }

  @Test
  void aMemberThatClosesBeforeItAnswersIsReplaced() throws Exception {
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", using(FakePostgres.named("one")).address());
    proxy.member("pg2", using(new FakePostgres((_, in) -> in.readInt())).address());
    proxy.member("pg3", using(FakePostgres.named("tri")).address());
    proxy.leader("pg1");
    for (int i = 0; i < 4; i++) {
      try (Socket client = proxy.open("read")) {
        assertThat(memberOf(client)).isEqualTo("tri");
      }
    }
  }

  @Test
  void aPrimaryThatDoesNotAcceptConnectionsYetIsAskedAgain() throws Exception {
    var attempts = new java.util.concurrent.atomic.AtomicInteger();
    FakePostgres one =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  boolean ready = attempts.incrementAndGet() > 3;
                  client
                      .getOutputStream()
                      .write(ready ? FakePostgres.greeting("one") : startingUp());
                }));
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", one.address());
    proxy.leader("pg1");
    try (Socket client = proxy.open("write")) {
      assertThat(memberOf(client)).isEqualTo("one");
    }
    assertThat(attempts.get()).isEqualTo(4);
  }

  private static byte[] startingUp() {
    byte[] fields =
        "SFATAL\0C57P03\0Mthe database system is starting up\0\0".getBytes(StandardCharsets.UTF_8);
    return java.nio.ByteBuffer.allocate(5 + fields.length)
        .put((byte) 'E')
        .putInt(4 + fields.length)
        .put(fields)
        .array();
  }

  @Test
  void aWaitingClientIsPromisedTlsOnceMembersAreKnownToTakeIt() throws Exception {
    FakePostgres one =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  client.getOutputStream().write('S');
                  in.transferTo(client.getOutputStream());
                }));
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", one.address());
    proxy.leader("pg1");
    byte[] request = packet(SSL_REQUEST, new byte[0]);
    try (Socket client = proxy.connect("write")) {
      client.getOutputStream().write(request);
      assertThat(read(client, 1)).isEqualTo("S");
    }
    proxy.leader("");
    try (Socket client = proxy.connect("write")) {
      client.getOutputStream().write(request);
      assertThat(read(client, 1)).isEqualTo("S");
      client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
      proxy.leader("pg1");
      assertThat(read(client, 5)).isEqualTo("hello");
    }
  }

  @Test
  void theFirstClientOfAllIsPromisedTlsOnAReplicasWord() throws Exception {
    FakePostgres replica =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  client.getOutputStream().write('S');
                  in.transferTo(client.getOutputStream());
                }));
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", new HostPort("127.0.0.1", 1));
    proxy.member("pg2", replica.address());
    proxy.leader("");
    try (Socket client = proxy.connect("write")) {
      client.getOutputStream().write(packet(SSL_REQUEST, new byte[0]));
      assertThat(read(client, 1)).isEqualTo("S");
    }
  }

  @Test
  void gssapiEncryptionIsDeclinedThenTheSessionOpens() throws Exception {
    ProxyFixture proxy = proxy(using(FakePostgres.named("one")), using(FakePostgres.named("two")));
    proxy.leader("pg1");
    try (Socket client = proxy.connect("write")) {
      client.getOutputStream().write(packet(GSSENC_REQUEST, new byte[0]));
      assertThat(read(client, 1)).isEqualTo("N");
      client.getOutputStream().write(startup());
      assertThat(memberOf(client)).isEqualTo("one");
    }
  }

  @Test
  void whoSendsTooMuchBeforeAnAnswerIsTold() throws Exception {
    ProxyFixture proxy = using(new ProxyFixture());
    byte[] much = java.util.Arrays.copyOf(startup(), 100_000);
    try (Socket client = proxy.connect("write")) {
      client.getOutputStream().write(much);
      assertThat(read(client, 1000)).contains("08P01");
    }
  }

  @Test
  void aCancelRequestPassesAFullListener() throws Exception {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.limits = Configs.limits(1, 10, 10);
    ProxyFixture proxy = using(new ProxyFixture(settings));
    var keys = new java.util.concurrent.LinkedBlockingQueue<byte[]>();
    proxy.member(
        "pg1",
        using(
                new FakePostgres(
                    (client, in) -> {
                      keys.add(FakePostgres.readPacket(in));
                      client.getOutputStream().write(FakePostgres.greeting("one"));
                      in.readAllBytes();
                    }))
            .address());
    proxy.leader("pg1");
    try (Socket first = proxy.open("write");
        Socket second = proxy.connect("write")) {
      assertThat(memberOf(first)).isEqualTo("one");
      assertThat(keys.poll(5, TimeUnit.SECONDS)).isNotNull();
      second.getOutputStream().write(packet(CANCEL_REQUEST, new byte[8]));
      assertThat(keys.poll(5, TimeUnit.SECONDS)).hasSize(12);
    }
  }

  @Test
  void aSecondRequestForGssapiEncryptionEndsIt() throws Exception {
    ProxyFixture proxy = using(new ProxyFixture());
    byte[] request = packet(GSSENC_REQUEST, new byte[0]);
    try (Socket client = proxy.connect("write")) {
      byte[] flood = new byte[8 * 1000];
      for (int i = 0; i < flood.length; i += 8) {
        System.arraycopy(request, 0, flood, i, 8);
      }
      client.getOutputStream().write(flood);
      assertThat(read(client, 1000)).startsWith("NE").contains("08P01");
    }
  }

  @Test
  void aReaderWhoseReplicaWasPromotedIsFencedWithIt() throws Exception {
    ProxyFixture proxy = proxy(using(FakePostgres.named("one")), using(FakePostgres.named("two")));
    proxy.leader("pg1");
    try (Socket reader = proxy.open("read")) {
      assertThat(memberOf(reader)).isEqualTo("two");
      proxy.leader("pg2");
      proxy.leader("pg1");
      assertThat(read(reader, 1000)).startsWith("E").contains("57P01", "another member");
    }
  }

  @Test
  void aMemberThatNeverAnswersIsReplaced() throws Exception {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.startupTimeout = Duration.ofMillis(300);
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", using(FakePostgres.named("one")).address());
    proxy.member("pg2", using(new FakePostgres((_, in) -> in.readAllBytes())).address());
    proxy.member("pg3", using(FakePostgres.named("tri")).address());
    proxy.leader("pg1");
    for (int i = 0; i < 2; i++) {
      try (Socket client = proxy.open("read")) {
        assertThat(memberOf(client)).isEqualTo("tri");
      }
    }
  }

  @Test
  void aCancelRequestReachesEveryMember() throws Exception {
    var keys = new java.util.concurrent.LinkedBlockingQueue<byte[]>();
    FakePostgres.Script script = (_, in) -> keys.add(FakePostgres.readPacket(in));
    ProxyFixture proxy = proxy(using(new FakePostgres(script)), using(new FakePostgres(script)));
    proxy.leader("pg1");
    byte[] request = packet(CANCEL_REQUEST, new byte[] {0, 0, 0, 7, 1, 2, 3, 4});
    try (Socket client = proxy.connect("read")) {
      client.getOutputStream().write(request);
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    byte[] expected = java.util.Arrays.copyOfRange(request, 4, request.length);
    assertThat(keys.poll(5, TimeUnit.SECONDS)).isEqualTo(expected);
    assertThat(keys.poll(5, TimeUnit.SECONDS)).isEqualTo(expected);
  }

  @Test
  void garbageGetsAPostgresError() throws Exception {
    ProxyFixture proxy = using(new ProxyFixture());
    for (String garbage :
        List.of("GET / HTTP/1.1\r\n\r\n", "\0\0\0\3abcd", "\u007f\0\0\0\0\0\0\0")) {
      try (Socket client = proxy.connect("write")) {
        client.getOutputStream().write(garbage.getBytes(StandardCharsets.UTF_8));
        assertThat(read(client, 1000)).contains("FATAL", "08P01");
      }
    }
  }

  @Test
  void aClientThatSendsNothingIsLetGo() throws Exception {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.startupTimeout = Duration.ofMillis(200);
    ProxyFixture proxy = using(new ProxyFixture(settings));
    try (Socket client = proxy.connect("write")) {
      client.getOutputStream().write(0);
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(proxy.proxy.stats().get("write").ends())
        .containsEntry(SessionEnd.STARTUP_TIMEOUT, 1L);
  }

  @Test
  void limitsArePostgresErrors() throws Exception {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.limits = Configs.limits(1, 10, 10);
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", using(FakePostgres.named("one")).address());
    proxy.leader("pg1");
    try (Socket first = proxy.open("write")) {
      assertThat(memberOf(first)).isEqualTo("one");
      try (Socket second = proxy.open("write")) {
        assertThat(read(second, 1000)).contains("53300", "max_connections");
      }
    }
    until(() -> proxy.proxy.stats().get("write").connections() == 0);
    try (Socket third = proxy.open("write")) {
      assertThat(memberOf(third)).isEqualTo("one");
    }
  }

  @Test
  void aDeniedAddressIsToldSo() throws Exception {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.deny = List.of(new Cidr(InetAddress.getByName("127.0.0.0"), 8));
    ProxyFixture proxy = using(new ProxyFixture(settings));
    try (Socket client = proxy.open("write")) {
      assertThat(read(client, 1000)).contains("28000");
    }
  }

  @Test
  void halfACloseReachesTheMemberAndItsAnswerComesBack() throws Exception {
    FakePostgres one =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  client.getOutputStream().write(FakePostgres.greeting("one"));
                  int length = in.readAllBytes().length;
                  client.getOutputStream().write(("got" + length).getBytes(StandardCharsets.UTF_8));
                }));
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", one.address());
    proxy.leader("pg1");
    try (Socket client = proxy.open("write")) {
      assertThat(memberOf(client)).isEqualTo("one");
      client.getOutputStream().write(new byte[1000]);
      client.shutdownOutput();
      assertThat(read(client, 1000)).isEqualTo("got1000");
    }
  }

  @Test
  void aSlowReaderDoesNotGrowMemory() throws Exception {
    FakePostgres one =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  OutputStream out = client.getOutputStream();
                  byte[] chunk = new byte[64 * 1024];
                  for (int i = 0; i < 1024; i++) {
                    out.write(chunk);
                  }
                }));
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", one.address());
    proxy.leader("pg1");
    try (Socket client = proxy.open("write")) {
      client.getInputStream().readNBytes(64 * 1024);
      Thread.sleep(500); // the buffers fill
      long relayed = proxy.proxy.stats().get("write").bytesToClients();
      Thread.sleep(500); // and nothing more is read meanwhile
      assertThat(proxy.proxy.stats().get("write").bytesToClients())
          .as("bytes taken from the member while the client does not read")
          .isEqualTo(relayed)
          .isLessThan(32L * 1024 * 1024);
      long rest = client.getInputStream().transferTo(OutputStream.nullOutputStream());
      assertThat(rest).isEqualTo(1023L * 64 * 1024);
    }
  }

  @Test
  void drainLetsSessionsFinishAndEndsTheRest() throws Exception {
    ProxyFixture proxy = proxy(using(FakePostgres.named("one")), using(FakePostgres.named("two")));
    proxy.leader("pg1");
    try (Socket quick = proxy.open("write");
        Socket stays = proxy.open("write")) {
      assertThat(memberOf(quick)).isEqualTo("one");
      assertThat(memberOf(stays)).isEqualTo("one");
      var drained = proxy.proxy.drain(Duration.ofMillis(500));
      quick.getOutputStream().write('x');
      assertThat(read(quick, 1)).isEqualTo("x");
      quick.shutdownOutput();
      drained.get(5, TimeUnit.SECONDS);
      assertThat(read(stays, 1000)).startsWith("E").contains("57P01", "shutting down");
      assertThat(proxy.proxy.stats().get("write").ends())
          .containsEntry(SessionEnd.DRAINED, 1L)
          .containsEntry(SessionEnd.CLIENT_CLOSED, 1L);
    }
  }

  @Test
  void sessionsFollowTheAddressTheyCameThrough() throws Exception {
    ProxyFixture proxy = proxy(using(FakePostgres.named("one")), using(FakePostgres.named("two")));
    proxy.leader("pg1");
    try (Socket client = proxy.open("write")) {
      assertThat(memberOf(client)).isEqualTo("one");
      InetAddress other = InetAddress.getByName("10.1.2.3");
      assertThat(proxy.proxy.endSessionsThrough(List.of(other)).get()).isZero();
      client.getOutputStream().write('x');
      assertThat(read(client, 1)).isEqualTo("x");
      assertThat(proxy.proxy.endSessionsThrough(List.of(client.getInetAddress())).get())
          .isEqualTo(1);
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      assertThat(proxy.proxy.stats().get("write").ends()).containsEntry(SessionEnd.VIP_LOST, 1L);
    }
  }

  private static boolean catchTimeout(Socket client) throws IOException {
    try {
      return client.getInputStream().read() == -2;
    } catch (java.net.SocketTimeoutException e) {
      return true;
    }
  }
}
