package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.message;
import static io.trunkline.pgwire.Packets.packet;
import static io.trunkline.pgwire.Packets.parameter;
import static io.trunkline.proxy.ProxyFixture.read;
import static io.trunkline.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Configs;
import io.trunkline.config.SslMode;
import io.trunkline.proxy.stats.SessionEnd;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever a member does in the handshake, the client is told or let go, and nothing of it stays.
 */
@Timeout(120)
class HostileMemberTest extends ProxyTestCase {
  private static final byte[] SSL = packet(PlainOrTlsMember.SSL_REQUEST, new byte[0]);

  /** All kinds of messages there are before the first query, and an answer to one. */
  private static final byte[] CONVERSATION =
      join(
          message('v', new byte[8]),
          message('R', new byte[4]),
          parameter("in_hot_standby", "off"),
          message('K', "12345678"),
          message('Z', "I"),
          message('D', "a row"));

  private final SSLContext context = TestTls.context("");
  private final ProxyFixture.Settings settings = new ProxyFixture.Settings();
  private ProxyFixture proxy;

  /** How a member leaves. */
  private enum Leaving {
    FIN,
    RESET
  }

  /** Where the client's TLS ends. */
  enum Listener {
    PASSTHROUGH,
    TERMINATE
  }

  private AtRest start(Listener listener, FakePostgres.Script script) throws Exception {
    if (listener == Listener.TERMINATE) {
      settings.terminating(TestTls.file("server.crt"));
    }
    settings.limits = Configs.limits(10_000, 10_000, 10_000);
    settings.holdTimeout = Duration.ofMillis(150);
    settings.holdLimit = 10_000;
    settings.startupTimeout = Duration.ofSeconds(3);
    FakePostgres member = using(new FakePostgres(script));
    proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", member.address());
    proxy.leader("pg1");
    session(listener, "warm-up");
    until(() -> proxy.proxy.stats().get("write").connections() == 0);
    return AtRest.now(proxy);
  }

  /** A session of that user, up to its end; what the client was sent. */
  private String session(Listener listener, String user) throws IOException {
    try (Socket plain = proxy.connect("write")) {
      Socket client = plain;
      if (listener == Listener.TERMINATE) {
        plain.getOutputStream().write(SSL);
        assertThat(read(plain, 1)).isEqualTo("S");
        client = TestTls.client(plain, context);
      }
      byte[] parameters = ("user\0" + user + "\0\0").getBytes(StandardCharsets.UTF_8);
      return Attackers.send(client, packet(196_608, parameters));
    }
  }

  private List<String> sessions(Listener listener, List<String> users) throws Exception {
    List<Callable<String>> clients = new ArrayList<>();
    users.forEach(user -> clients.add(() -> session(listener, user)));
    return Attackers.all(clients);
  }

  private static String user(DataInputStream in) throws IOException {
    byte[] packet = FakePostgres.readPacket(in);
    return new String(packet, Integer.BYTES, packet.length - Integer.BYTES, StandardCharsets.UTF_8)
        .split("\0", -1)[1];
  }

  private long ends() {
    return proxy.proxy.stats().get("write").ends().entrySet().stream()
        .filter(end -> end.getKey() != SessionEnd.INTERNAL)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  @ParameterizedTest
  @EnumSource
  void a_member_that_leaves_at_any_byte_of_the_handshake(Listener listener) throws Exception {
    AtRest before = start(listener, HostileMemberTest::leaveAt);
    List<String> users = new ArrayList<>();
    for (Leaving leaving : Leaving.values()) {
      for (int length = 0; length <= CONVERSATION.length; length++) {
        users.add(leaving + "-" + length);
      }
    }
    List<String> answers = sessions(listener, users);
    String all = new String(CONVERSATION, StandardCharsets.ISO_8859_1);
    int ready = CONVERSATION.length - message('D', "a row").length;
    for (int i = 0; i < users.size(); i++) {
      int length = Integer.parseInt(users.get(i).split("-", -1)[1]);
      if (length < ready && users.get(i).startsWith("FIN")) {
        assertThat(answers.get(i)).as(users.get(i)).contains("C57P03\0", "Mtrunkline: ");
      } else if (users.get(i).startsWith("FIN") && !answers.get(i).contains("C57P03\0")) {
        // 57P03: so many came at once that the member could not be dialled.
        assertThat(answers.get(i)).as(users.get(i)).startsWith(all.substring(0, length));
      }
    }
    until(() -> ends() == users.size() + 1);
    before.comesBack();
  }

  private static void leaveAt(Socket client, DataInputStream in) throws IOException {
    String[] user = user(in).split("-", -1);
    if (user[0].equals("warm")) {
      client.getOutputStream().write(message('E', "SFATAL\0VFATAL\0C28P01\0Mno\0\0"));
      return;
    }
    client.getOutputStream().write(Arrays.copyOf(CONVERSATION, Integer.parseInt(user[1])));
    switch (Leaving.valueOf(user[0])) {
      case FIN -> client.shutdownOutput();
      case RESET -> Attackers.reset(client);
    }
    if (!client.isClosed()) {
      in.readAllBytes();
    }
  }

  private static List<byte[]> garbage() {
    List<byte[]> garbage = new ArrayList<>(Attackers.noOpenings());
    garbage.add(new byte[] {'R', 0x7f, -1, -1, -1, 0}); // 2 GB
    garbage.add(new byte[] {'R', 0, 0, 0, 0});
    garbage.add(new byte[] {'R', -1, -1, -1, -1});
    garbage.add(new byte[] {'R', 0, 0, 0, 4}); // no code
    garbage.add(message('R', new byte[] {0, 0, 0, 10})); // no mechanism
    garbage.add(message('R', "\0\0\0\nSCRAM-SHA-256-PLUS")); // no end
    garbage.add(message('S', "in_hot_standby"));
    garbage.add(message('E', "C57P0"));
    garbage.add(message('E'));
    garbage.add(message('K', new byte[500]));
    garbage.add(message('N', new byte[100_000]));
    return garbage;
  }

  @ParameterizedTest
  @EnumSource
  void a_member_that_sends_garbage(Listener listener) throws Exception {
    List<byte[]> garbage = garbage();
    AtRest before =
        start(
            listener,
            (client, in) -> {
              String user = user(in);
              if (!user.equals("warm-up")) {
                client.getOutputStream().write(garbage.get(Integer.parseInt(user)));
              }
            });
    List<String> users = new ArrayList<>();
    for (int i = 0; i < garbage.size(); i++) {
      users.add(String.valueOf(i));
    }
    sessions(listener, users);
    until(() -> ends() == users.size() + 1);
    before.comesBack();
  }

  /** What a member answers to our own request for TLS. */
  enum TlsAnswer {
    NOTHING(""),
    NO("N"),
    UNKNOWN("X"),
    ERROR("E\0\0\0\tC08P01\0"),
    TOO_MUCH("SS"),
    NOTHING_AFTER_IT("S"),
    HTTP("SHTTP/1.1 400 Bad Request\r\n\r\n"),
    ALERT("S\025\003\003\0\002\002("),
    LONG_RECORD("S\026\003\003\u00ff\u00ff\002");

    private final String bytes;

    TlsAnswer(String bytes) {
      this.bytes = bytes;
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_member_that_spoils_our_own_tls(TlsAnswer answer) throws Exception {
    settings.backendTls = ProxyFixture.Settings.backendTls(SslMode.REQUIRE);
    AtRest before =
        start(
            Listener.TERMINATE,
            (client, in) -> {
              FakePostgres.readPacket(in);
              byte[] bytes = answer.bytes.getBytes(StandardCharsets.ISO_8859_1);
              client.getOutputStream().write(bytes, 0, Math.min(1, bytes.length));
              if (bytes.length > 1) {
                client.getOutputStream().write(bytes, 1, bytes.length - 1);
                client.shutdownOutput();
                in.readAllBytes();
              }
            });
    assertThat(sessions(Listener.TERMINATE, List.of("a", "b", "c")))
        .allSatisfy(told -> assertThat(told).contains("C57P03\0"));
    assertThat(proxy.failures).isNotEmpty();
    before.comesBack();
  }

  @Test
  void a_member_that_says_nothing_is_not_waited_for_for_ever() throws Exception {
    AtRest before = start(Listener.PASSTHROUGH, HostileMemberTest::sayNothing);
    assertThat(sessions(Listener.PASSTHROUGH, List.of("a", "b")))
        .allSatisfy(told -> assertThat(told).contains("C57P03\0"));
    assertThat(proxy.failures).anyMatch(why -> why.contains("does not answer"));
    before.comesBack();
  }

  private static void sayNothing(Socket client, DataInputStream in) throws IOException {
    in.readAllBytes();
    client.close();
  }
}
