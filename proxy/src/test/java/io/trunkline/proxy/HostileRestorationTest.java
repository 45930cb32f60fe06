package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.message;
import static io.trunkline.pgwire.Packets.parameter;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.HostPort;
import io.trunkline.config.ListenerConfig.KeepSessions;
import io.trunkline.pgwire.PostgresLab;
import io.trunkline.pgwire.scram.ScramServer;
import io.trunkline.pgwire.scram.ScramVerifier;
import io.trunkline.proxy.ProxyFixture.Settings;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.testing.Await;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The member that a session is to go on at is not what it should be. */
@Timeout(120)
class HostileRestorationTest {
  private static final String SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";

  private static PostgresLab postgres;
  private static String rolpassword;

  /** What the member has heard after the startup packet. */
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void install() {
    postgres = PostgresLab.primary();
    ClientLoginTest.installAuth(postgres);
    rolpassword = postgres.query("select rolpassword from pg_authid where rolname = 'scram'");
  }

  @AfterAll
  static void remove() {
    postgres.close();
  }

  private interface Script {
    void run(HostileRestorationTest test, DataInputStream in, DataOutputStream out)
        throws Exception;
  }

  /**
   * @param why what the log says of it
   * @param knowsTheRole it has the verifier, so that it gets a proof
   */
  record Case(String name, String why, boolean knowsTheRole, Script script) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static byte[] request(int code, String data) {
    return message(
        'R',
        join(
            ByteBuffer.allocate(4).putInt(code).array(),
            data.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static byte[] sasl() {
    return request(10, "SCRAM-SHA-256\0\0");
  }

  private String hear(DataInputStream in) throws IOException {
    char type = (char) in.readUnsignedByte();
    byte[] body = in.readNBytes(in.readInt() - Integer.BYTES);
    heard.add(type + new String(body, StandardCharsets.ISO_8859_1));
    return heard.getLast();
  }

  /** Says that, and hears what comes. */
  private static Case says(String name, String why, byte[] what) {
    return new Case(
        name,
        why,
        false,
        (test, in, out) -> {
          out.write(what);
          while (true) {
            test.hear(in);
          }
        });
  }

  /** Says that in its server-first-message. */
  private static Case saysFirst(String name, String why, String first) {
    return new Case(
        name,
        why,
        false,
        (test, in, out) -> {
          out.write(sasl());
          String nonce = test.hear(in).replaceAll("(?s).*r=", "");
          out.write(request(11, first.formatted(nonce)));
          while (true) {
            test.hear(in);
          }
        });
  }

  /** Knows the role, and proves it; then says that. */
  private static Case letsIn(String name, String why, Script then) {
    return new Case(
        name,
        why,
        true,
        (test, in, out) -> {
          logIn(test, in, out);
          then.run(test, in, out);
        });
  }

  private static void logIn(HostileRestorationTest test, DataInputStream in, DataOutputStream out)
      throws Exception {
    ScramVerifier verifier =
        ScramVerifier.parse(rolpassword.getBytes(StandardCharsets.US_ASCII)).orElseThrow();
    ScramServer scram = new ScramServer(Optional.empty());
    out.write(sasl());
    String initial = test.hear(in);
    byte[] first = initial.substring(initial.indexOf("n,,")).getBytes(StandardCharsets.US_ASCII);
    scram.clientFirst("SCRAM-SHA-256", first);
    out.write(request(11, scram.serverFirst(salt(), iterations())));
    byte[] last = test.hear(in).substring(1).getBytes(StandardCharsets.US_ASCII);
    assertThat(scram.clientFinal(last, Optional.of(verifier))).isPresent();
    out.write(request(12, scram.serverFinal(verifier)));
    out.write(request(0, ""));
    out.write(parameter("client_encoding", "UTF8"));
    out.write(parameter("in_hot_standby", "off"));
    out.write(message('K', "12345678"));
    out.write(message('Z', "I"));
  }

  private static byte[] salt() {
    return Base64.getDecoder().decode(rolpassword.replaceAll(".*\\d+:|\\$.*:.*$", ""));
  }

  private static int iterations() {
    return Integer.parseInt(rolpassword.split("[$:]", -1)[1]);
  }

  private static String first(String nonce) {
    return "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(salt()) + ",i=" + iterations();
  }

  private static void flood(DataOutputStream out, byte[] message) throws IOException {
    while (true) {
      out.write(message);
    }
  }

  private static final List<Case> CASES =
      List.of(
          says(
              "HTTP",
              "a message of",
              "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
          says("a message of 2 GB", "a message of", new byte[] {'R', 0x7f, -1, -1, -1, 0}),
          says("another type", "a message of type", message('x', "")),
          says("a request without a code", "another authentication", message('R', "")),
          says("clear text", "another authentication", request(3, "")),
          says("MD5", "another authentication", request(5, "salt")),
          says("GSSAPI", "another authentication", request(7, "")),
          says("nothing", "has not proved", join(request(0, ""), message('Z', "I"))),
          says("SCRAM-SHA-1", "another authentication", request(10, "SCRAM-SHA-1\0\0")),
          says("out of turn", "out of turn", request(11, "r=x,s=" + SALT + ",i=4096")),
          says("the end first", "out of turn", request(12, "v=AAAA")),
          says("ready at once", "out of turn", message('Z', "I")),
          says("two offers", "another authentication", join(sasl(), sasl())),
          says("an error", "28P01", message('E', "SFATAL\0VFATAL\0C28P01\0Mno\0\0")),
          saysFirst("ten million", "iterations", "r=%sx,s=" + SALT + ",i=10000000"),
          saysFirst(
              "64 kB", "a nonce of", "r=%s" + "x".repeat(64 << 10) + ",s=" + SALT + ",i=4096"),
          saysFirst("another nonce", "nonce", "r=other,s=" + SALT + ",i=4096"),
          saysFirst("our nonce only", "nonce", "r=%s,s=" + SALT + ",i=4096"),
          saysFirst("another salt", "has been changed", "r=%sx,s=" + SALT + ",i=4096"),
          saysFirst("garbage", "malformed", "garbage"),
          new Case(
              "two questions",
              "out of turn",
              true,
              (test, in, out) -> {
                out.write(sasl());
                String nonce = test.hear(in).replaceAll("(?s).*r=", "");
                out.write(request(11, first(nonce + "x")));
                out.write(request(11, first(nonce + "y")));
                in.transferTo(OutputStream.nullOutputStream());
              }),
          new Case(
              "no proof of its own",
              "has not proved",
              true,
              (test, in, out) -> {
                out.write(sasl());
                String nonce = test.hear(in).replaceAll("(?s).*r=", "");
                out.write(request(11, first(nonce + "x")));
                in.readUnsignedByte();
                out.write(request(12, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
                in.transferTo(OutputStream.nullOutputStream());
              }),
          new Case(
              "in without its proof",
              "has not proved",
              true,
              (test, in, out) -> {
                out.write(sasl());
                String nonce = test.hear(in).replaceAll("(?s).*r=", "");
                out.write(request(11, first(nonce + "x")));
                in.readUnsignedByte();
                out.write(request(0, ""));
                in.transferTo(OutputStream.nullOutputStream());
              }),
          letsIn(
              "an error",
              "XX000",
              (_, in, out) -> {
                out.write(message('E', "SERROR\0VERROR\0CXX000\0Mno\0\0"));
                in.transferTo(OutputStream.nullOutputStream());
              }),
          letsIn(
              "in a transaction",
              "in a transaction",
              (_, in, out) -> {
                out.write(message('Z', "T"));
                in.transferTo(OutputStream.nullOutputStream());
              }),
          letsIn(
              "a row that is none",
              "broke off",
              (_, in, out) -> {
                out.write(message('D', new byte[] {0, 2, 0x7f, -1, -1, -1}));
                in.transferTo(OutputStream.nullOutputStream());
              }),
          letsIn(
              "notices for ever",
              "more than",
              (_, _, out) ->
                  flood(
                      out,
                      message('N', "SNOTICE\0VNOTICE\0C00000\0M" + "x".repeat(10_000) + "\0\0"))),
          letsIn(
              "parameters for ever",
              "more than",
              (_, _, out) -> {
                for (int i = 0; ; i++) {
                  out.write(parameter("p" + i, "x".repeat(1000)));
                }
              }));

  static List<Case> cases() {
    return CASES;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theSessionEndsAndNothingIsGivenAway(Case hostile) throws Exception {
    Settings settings = new Settings();
    settings.keepSessions = KeepSessions.PLANNED;
    settings.auth = Optional.of(SwitchoverLab.AUTH);
    settings.startupTimeout = Duration.ofSeconds(3);
    try (FakePostgres member = new FakePostgres((socket, in) -> serve(hostile, socket, in));
        ProxyFixture proxy = new ProxyFixture(settings)) {
      proxy.member("n1", new HostPort("127.0.0.1", postgres.port()));
      proxy.member("n2", member.address());
      proxy.leader("n1");
      try (ScramSocket client = new ScramSocket(proxy.connect("write"), "scram")) {
        client.logIn(PostgresLab.PASSWORD);
        client.query("select 1");
        SwitchoverLab.announce(proxy);
        postgres.sql(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'scram'");
        SwitchoverLab.awaitDetached(proxy, 1);
        proxy.leader("");
        proxy.leader("n2");
        proxy.failover(Optional.empty());
        client.send(message('Q', "select 'said meanwhile'\0"));
        ScramSocket.Said said = client.read();

        assertThat(said.toString()).as(proxy.told.toString()).contains("FATAL", "C57P01\0");
        assertThat(proxy.told.toString()).contains(hostile.why, SessionEnd.NOT_RESTORED.label());
      }
      Await.until(() -> SwitchoverLab.stats(proxy).connections() == 0);
      Map<SessionEnd, Long> ends = new LinkedHashMap<>(SwitchoverLab.stats(proxy).ends());
      ends.values().removeIf(count -> count == 0);
      assertThat(ends).isEqualTo(Map.of(SessionEnd.NOT_RESTORED, 1L));
      assertThat(SwitchoverLab.stats(proxy).sessions().values()).allMatch(count -> count == 0);
      assertThat(heard.toString()).doesNotContain(PostgresLab.PASSWORD, "said meanwhile");
      if (!hostile.knowsTheRole) {
        assertThat(heard).noneMatch(it -> it.contains(",p="));
      }
    }
  }

  private void serve(Case hostile, Socket socket, DataInputStream in) throws IOException {
    FakePostgres.readPacket(in);
    try {
      hostile.script.run(this, in, new DataOutputStream(socket.getOutputStream()));
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
