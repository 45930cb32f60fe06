package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.message;
import static io.trunkline.pgwire.Packets.packet;
import static io.trunkline.pgwire.Packets.startup;
import static io.trunkline.proxy.PlainOrTlsMember.SSL_REQUEST;
import static io.trunkline.proxy.ProxyFixture.memberOf;
import static io.trunkline.proxy.ProxyFixture.read;
import static io.trunkline.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.proxy.relay.ReadBuffer;
import io.trunkline.proxy.session.SessionFilter;
import io.trunkline.proxy.session.SessionInfo;
import io.trunkline.proxy.stats.SessionEnd;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a client sends behind the packet that opens its session goes to the member that has answered
 * that packet, and to no other: a statement must not be run twice.
 */
@Timeout(30)
class FirstAnswerTest extends ProxyTestCase {
  private static final byte[] INSERT = message('Q', "INSERT INTO t VALUES (1)\0");

  private final ProxyFixture.Settings settings = settings();
  private final List<byte[]> unanswered = new CopyOnWriteArrayList<>();

  private static ProxyFixture.Settings settings() {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.startupTimeout = Duration.ofMillis(500);
    return settings;
  }

  /** Takes what it is sent, and answers nothing. */
  private FakePostgres silent() throws IOException {
    return using(new FakePostgres((_, in) -> takeAll(in)));
  }

  /** Until the proxy leaves, with a reset. */
  private void takeAll(DataInputStream in) throws IOException {
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    try {
      in.transferTo(got);
    } finally {
      unanswered.add(got.toByteArray());
    }
  }

  /** A proxy whose readers ask the silent member first, then that one. */
  private ProxyFixture before(FakePostgres second) throws IOException {
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.member("primary", silent().address());
    proxy.member("pg1", silent().address());
    proxy.member("pg2", second.address());
    proxy.leader("primary");
    return proxy;
  }

  private static byte[] tlsRecord(int type, byte[] body) {
    return join(
        new byte[] {(byte) type, 3, 1, (byte) (body.length >> 8), (byte) body.length}, body);
  }

  /** A ClientHello as far as anybody looks at it without taking part in TLS. */
  private static byte[] clientHello() {
    byte[] hello = new byte[4 + 200];
    hello[0] = 1;
    hello[3] = (byte) 200;
    return tlsRecord(0x16, hello);
  }

  @Test
  void a_silent_member_never_sees_a_statement() throws Exception {
    settings.startupTimeout = Duration.ofMillis(100);
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", silent().address());
    proxy.leader("pg1");
    try (Socket client = proxy.connect("write")) {
      client.getOutputStream().write(join(startup(), INSERT));
      client.getOutputStream().write(INSERT);
      until(() -> unanswered.size() >= 2);
    }
    assertThat(unanswered).allSatisfy(got -> assertThat(got).isEqualTo(startup()));
  }

  @Test
  void a_whole_start_that_is_sent_at_once_reaches_the_member_that_answers_once() throws Exception {
    List<byte[]> answered = new CopyOnWriteArrayList<>();
    FakePostgres answering =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  client.getOutputStream().write(FakePostgres.greeting("one"));
                  byte[] statements = in.readNBytes(2 * INSERT.length);
                  answered.add(statements);
                  client.getOutputStream().write(message('C', "INSERT 0 1\0"));
                  in.transferTo(client.getOutputStream());
                }));
    ProxyFixture proxy = before(answering);
    for (int i = 0; i < 2; i++) { // whichever of the two is asked first
      try (Socket client = proxy.connect("read")) {
        client.getOutputStream().write(join(startup(), INSERT));
        Thread.sleep(50); // so that the second comes by itself
        client.getOutputStream().write(INSERT);
        assertThat(memberOf(client)).isEqualTo("one");
        assertThat(read(client, 16)).contains("INSERT 0 1");
        client.getOutputStream().write("after".getBytes(StandardCharsets.UTF_8));
        assertThat(read(client, 5)).isEqualTo("after");
      }
    }
    assertThat(answered).hasSize(2);
    assertThat(answered).allSatisfy(got -> assertThat(got).isEqualTo(join(INSERT, INSERT)));
    assertThat(unanswered).isNotEmpty();
    assertThat(unanswered).allSatisfy(got -> assertThat(got).isEqualTo(startup()));
  }

  @Test
  void a_password_sent_ahead_reaches_the_member_that_asks_for_it() throws Exception {
    byte[] password = message('p', "secret\0");
    FakePostgres asking =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  client
                      .getOutputStream()
                      .write(message('R', (byte) 0, (byte) 0, (byte) 0, (byte) 3));
                  assertThat(in.readNBytes(password.length)).isEqualTo(password);
                  client.getOutputStream().write(FakePostgres.greeting("one"));
                  in.transferTo(client.getOutputStream());
                }));
    ProxyFixture proxy = before(asking);
    try (Socket client = proxy.connect("read")) {
      client.getOutputStream().write(join(startup(), password, INSERT));
      assertThat(memberOf(client)).isEqualTo("one");
      assertThat(client.getInputStream().readNBytes(INSERT.length)).isEqualTo(INSERT);
    }
    assertThat(unanswered).allSatisfy(got -> assertThat(got).isEqualTo(startup()));
  }

  @Test
  void what_is_sent_ahead_is_bounded() throws Exception {
    settings.startupTimeout = Duration.ofSeconds(20);
    ProxyFixture proxy = using(new ProxyFixture(settings));
    FakePostgres member = silent();
    proxy.member("pg1", member.address());
    proxy.leader("pg1");
    try (Socket client = proxy.open("write")) {
      until(() -> member.connections() == 1);
      Thread writer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      for (int i = 0; i < 1000; i++) {
                        client.getOutputStream().write(new byte[64 * 1024]);
                      }
                    } catch (IOException closed) {
                      // It was not read to the end.
                    }
                  });
      until(() -> taken(proxy) >= 64 * 1024);
      Thread.sleep(300); // no more is read meanwhile
      assertThat(taken(proxy)).isLessThanOrEqualTo(64 * 1024 + ReadBuffer.SIZE);
      client.shutdownOutput(); // ends the writer
      writer.join();
    }
  }

  private static long taken(ProxyFixture proxy) {
    try {
      return proxy
          .proxy
          .sessions(SessionFilter.ALL, 10)
          .get(5, TimeUnit.SECONDS)
          .sessions()
          .stream()
          .mapToLong(SessionInfo::bytesFromClient)
          .sum();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void only_the_request_for_tls_is_sent_before_it_is_answered() throws Exception {
    byte[] request = packet(SSL_REQUEST, new byte[0]);
    byte[] ahead = join(clientHello(), INSERT);
    FakePostgres declining =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  client.getOutputStream().write('S');
                  in.transferTo(client.getOutputStream());
                }));
    ProxyFixture proxy = before(declining);
    for (int i = 0; i < 2; i++) {
      try (Socket client = proxy.connect("read")) {
        client.getOutputStream().write(join(request, ahead));
        assertThat(read(client, 1)).isEqualTo("S");
        assertThat(client.getInputStream().readNBytes(ahead.length)).isEqualTo(ahead);
      }
    }
    assertThat(unanswered).allSatisfy(got -> assertThat(got).isEqualTo(request));
  }

  @Test
  void only_the_client_hello_is_sent_before_it_is_answered() throws Exception {
    byte[] early = tlsRecord(0x17, new byte[100]);
    FakePostgres direct = using(new FakePostgres((client, in) -> echoAfterHello(client, in)));
    ProxyFixture proxy = before(direct);
    for (int i = 0; i < 2; i++) {
      try (Socket client = proxy.connect("read")) {
        byte[] all = join(clientHello(), early);
        client.setTcpNoDelay(true);
        client.getOutputStream().write(all, 0, 100);
        Thread.sleep(20); // so that the rest comes by itself
        client.getOutputStream().write(all, 100, all.length - 100);
        assertThat(read(client, 5)).isEqualTo("hello");
        assertThat(client.getInputStream().readNBytes(early.length)).isEqualTo(early);
      }
    }
    assertThat(unanswered).isNotEmpty();
    assertThat(unanswered).allSatisfy(got -> assertThat(got).isEqualTo(clientHello()));
  }

  private static void echoAfterHello(Socket client, DataInputStream in) throws IOException {
    assertThat(in.readNBytes(clientHello().length)).isEqualTo(clientHello());
    client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
    in.transferTo(client.getOutputStream());
  }

  /** A proxy that has promised TLS to a client while there was no member, and the client. */
  private Socket promised(ProxyFixture proxy) throws IOException {
    Socket client = proxy.connect("write");
    client.getOutputStream().write(packet(SSL_REQUEST, new byte[0]));
    assertThat(read(client, 1)).isEqualTo("S");
    return client;
  }

  private ProxyFixture withoutLeader(FakePostgres.Script script) throws IOException {
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", using(new FakePostgres(script)).address());
    proxy.leader("");
    return proxy;
  }

  @Test
  void only_the_client_hello_is_sent_where_tls_was_promised() throws Exception {
    byte[] early = tlsRecord(0x17, new byte[100]);
    AtomicInteger connections = new AtomicInteger();
    ProxyFixture proxy =
        withoutLeader(
            (client, in) -> {
              FakePostgres.readPacket(in);
              client.getOutputStream().write('S');
              if (connections.incrementAndGet() <= 3) { // the first is Trunkline's own question
                takeAll(in);
              } else {
                echoAfterHello(client, in);
              }
            });
    try (Socket client = promised(proxy)) {
      client.getOutputStream().write(join(clientHello(), early));
      proxy.leader("pg1");
      assertThat(read(client, 5)).isEqualTo("hello");
      assertThat(client.getInputStream().readNBytes(early.length)).isEqualTo(early);
    }
    assertThat(unanswered.subList(1, 3))
        .allSatisfy(got -> assertThat(got).isEqualTo(clientHello()));
  }

  @Test
  void what_is_no_client_hello_is_sent_only_to_the_member_that_agreed_to_tls() throws Exception {
    List<byte[]> got = new CopyOnWriteArrayList<>();
    ProxyFixture proxy =
        withoutLeader(
            (client, in) -> {
              FakePostgres.readPacket(in);
              client.getOutputStream().write('S');
              got.add(in.readNBytes(startup().length + INSERT.length));
            });
    try (Socket client = promised(proxy)) {
      client.getOutputStream().write(join(startup(), INSERT));
      proxy.leader("pg1");
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(got.stream().filter(bytes -> bytes.length > 0))
        .containsExactly(join(startup(), INSERT));
  }

  @Test
  void tls_that_begins_without_a_client_hello_reaches_nobody() throws Exception {
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", silent().address());
    proxy.leader("pg1");
    try (Socket client = proxy.connect("write")) {
      client.getOutputStream().write(join(tlsRecord(0x16, new byte[100]), INSERT));
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(proxy.proxy.stats().get("write").ends())
        .containsEntry(SessionEnd.STARTUP_MALFORMED, 1L);
    until(() -> !unanswered.isEmpty());
    assertThat(unanswered).allSatisfy(bytes -> assertThat(bytes).isEmpty());
  }

  @Test
  void who_was_promised_tls_and_sends_nothing_is_let_go_without_blaming_the_member()
      throws Exception {
    ProxyFixture proxy =
        withoutLeader(
            (client, in) -> {
              FakePostgres.readPacket(in);
              client.getOutputStream().write('S');
              in.transferTo(client.getOutputStream());
            });
    try (Socket client = promised(proxy)) {
      proxy.leader("pg1");
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(proxy.proxy.stats().get("write").ends())
        .containsEntry(SessionEnd.STARTUP_TIMEOUT, 1L);
    assertThat(proxy.failures).isEmpty();
  }

  @Test
  void behind_tls_that_ends_here_only_the_startup_packet_is_sent() throws Exception {
    settings.terminating(TestTls.file("server.crt"));
    settings.startupTimeout = Duration.ofSeconds(2);
    ProxyFixture proxy = before(using(FakePostgres.named("one")));
    for (int i = 0; i < 2; i++) {
      try (Socket plain = proxy.connect("read")) {
        plain.getOutputStream().write(packet(SSL_REQUEST, new byte[0]));
        assertThat(read(plain, 1)).isEqualTo("S");
        SSLSocket client = TestTls.client(plain, "");
        client.getOutputStream().write(join(startup(), INSERT));
        assertThat(memberOf(client)).isEqualTo("one");
        assertThat(client.getInputStream().readNBytes(INSERT.length)).isEqualTo(INSERT);
      }
    }
    assertThat(unanswered).isNotEmpty();
    assertThat(unanswered).allSatisfy(got -> assertThat(got).isEqualTo(startup()));
  }
}
