package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.AuthConfig;
import io.trunkline.config.Secret;
import io.trunkline.pgwire.Packets;
import io.trunkline.proxy.ProxyFixture.Settings;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Members and clients that make a login that this node does for a client go wrong. */
class HostileLoginTest {
  /** Of RFC 7677: password "pencil". */
  private static final String VERIFIER =
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
          + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

  private static final String FIRST = "n,,n=,r=rOprNGfwEbeRWgbNEkqO";

  /** What it has said to each connection that is not a query of the proxy's. */
  private final List<String> heard = new CopyOnWriteArrayList<>();

  /** Answers the proxy's query, and a client's login with that. */
  private FakePostgres member(String rolpassword, Script script) throws IOException {
    return new FakePostgres(
        (connection, in) -> {
          String startup = new String(FakePostgres.readPacket(in), StandardCharsets.UTF_8);
          DataOutputStream out = new DataOutputStream(connection.getOutputStream());
          if (startup.contains("trunkline_auth")) {
            out.write(Packets.join(Packets.message('R', new byte[4]), Packets.message('Z', "I")));
            while (true) {
              if (in.readUnsignedByte() == 'S') {
                out.write(answer(rolpassword));
              }
              in.readNBytes(in.readInt() - 4);
            }
          }
          out.write(Packets.message('R', Packets.join(number(10), bytes("SCRAM-SHA-256\0\0"))));
          script.run(in, out);
        });
  }

  private interface Script {
    void run(DataInputStream in, DataOutputStream out) throws IOException;
  }

  static byte[] answer(String rolpassword) throws IOException {
    ByteArrayOutputStream row = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(row);
    out.writeShort(2);
    for (String column : List.of("app", rolpassword)) {
      out.writeInt(column.length());
      out.write(bytes(column));
    }
    return Packets.join(
        Packets.message('1', ""),
        Packets.message('2', ""),
        Packets.message('D', row.toByteArray()),
        Packets.message('C', "SELECT 1\0"),
        Packets.message('3', ""),
        Packets.message('3', ""),
        Packets.message('Z', "I"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] number(int value) {
    return new byte[] {0, 0, (byte) (value >> 8), (byte) value};
  }

  /** A message of the client's, as text. */
  private String hear(DataInputStream in) throws IOException {
    assertThat(in.readUnsignedByte()).isEqualTo('p');
    String said = new String(in.readNBytes(in.readInt() - 4), StandardCharsets.ISO_8859_1);
    heard.add(said);
    return said;
  }

  private static String nonce(String initial) {
    return initial.substring(initial.indexOf(",r=") + 3);
  }

  private ProxyFixture fixture(FakePostgres member) throws IOException {
    Settings settings = new Settings();
    settings.startupTimeout = Duration.ofSeconds(5);
    settings.auth =
        Optional.of(
            new AuthConfig("trunkline_auth", new Secret("x"), "postgres", "SELECT $1", false));
    ProxyFixture fixture = new ProxyFixture(settings);
    fixture.member("n1", member.address());
    fixture.leader("n1");
    return fixture;
  }

  private static byte[] initial(String mechanism, String response) {
    byte[] said = bytes(response);
    return Packets.message('p', Packets.join(bytes(mechanism + "\0"), number(said.length), said));
  }

  /** Reads the next message of the type, past others. */
  private static String next(DataInputStream in, char type) throws IOException {
    while (true) {
      int found = in.readUnsignedByte();
      String body = new String(in.readNBytes(in.readInt() - 4), StandardCharsets.ISO_8859_1);
      if (found == type) {
        return body;
      }
      assertThat((char) found).as(body).isNotEqualTo('E');
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "11 r=%sx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=10000000",
        "11 r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "11 r=%s,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "11 r=%sLONG,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "11 garbage",
        "11 ",
        "3 ",
        "0 ",
        "5 salt",
        "12 v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
      })
  void aMemberThatAsksForNonsenseGetsNoProof(String answer) throws Exception {
    String text = answer.substring(answer.indexOf(' ') + 1).replace("LONG", "x".repeat(60_000));
    int code = Integer.parseInt(answer.substring(0, answer.indexOf(' ')));
    try (FakePostgres member =
            member(
                VERIFIER,
                (in, out) -> {
                  String nonce = nonce(hear(in));
                  out.write(
                      Packets.message(
                          'R', Packets.join(number(code), bytes(text.formatted(nonce)))));
                  hear(in);
                });
        ProxyFixture fixture = fixture(member);
        Socket client = fixture.open("write")) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      next(in, 'R');
      client.getOutputStream().write(initial("SCRAM-SHA-256", FIRST));

      assertThat(in.readUnsignedByte()).isEqualTo('E');
      assertThat(new String(in.readNBytes(in.readInt() - 4), StandardCharsets.UTF_8))
          .contains("C08P01\0", "the member broke off the login");
      assertThat(heard).hasSize(1);
    }
  }

  @Test
  void nobodyElsesVerifierGetsAProofOfTheClients() throws Exception {
    try (FakePostgres member =
            member(
                VERIFIER,
                (in, out) -> {
                  String first = "r=" + nonce(hear(in)) + "x,s=c29tZWJvZHk=,i=4096";
                  out.write(Packets.message('R', Packets.join(number(11), bytes(first))));
                  hear(in);
                  out.write(Packets.message('E', "SFATAL\0VFATAL\0C28P01\0Mno\0\0"));
                });
        ProxyFixture fixture = fixture(member);
        Socket client = fixture.open("write")) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      next(in, 'R');
      client.getOutputStream().write(initial("SCRAM-SHA-256", FIRST));
      String first = next(in, 'R').substring(4);
      assertThat(first).endsWith(",s=c29tZWJvZHk=,i=4096");
      String nonce = first.substring(2, first.indexOf(",s="));
      client
          .getOutputStream()
          .write(
              Packets.message(
                  'p',
                  "c=biws,r=%s,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=".formatted(nonce)));

      assertThat(in.readUnsignedByte()).isEqualTo('E');
      assertThat(new String(in.readNBytes(in.readInt() - 4), StandardCharsets.UTF_8))
          .contains("C28P01\0");
      assertThat(heard).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Q | select 1 | 08P01",
        "p | SCRAM-SHA-1 n,,n=,r=abc | 08P01",
        "p | SCRAM-SHA-256 y,a=x,n=,r=abc | 0A000",
        "p | SCRAM-SHA-256 p=tls-unique,,n=,r=abc | 08P01",
        "p | SCRAM-SHA-256 LONG | 08P01",
        "p | | 08P01",
      })
  void aClientThatSaysNonsenseIsTold(char type, String said, String sqlState) throws Exception {
    try (FakePostgres member = member(VERIFIER, (in, out) -> hear(in));
        ProxyFixture fixture = fixture(member);
        Socket client = fixture.open("write")) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      next(in, 'R');
      String text = said == null ? "" : said.replace("LONG", "x".repeat(20_000));
      client
          .getOutputStream()
          .write(
              text.startsWith("SCRAM")
                  ? initial(
                      text.substring(0, text.indexOf(' ')), text.substring(text.indexOf(' ') + 1))
                  : Packets.message(type, text));

      assertThat(in.readUnsignedByte()).isEqualTo('E');
      assertThat(new String(in.readNBytes(in.readInt() - 4), StandardCharsets.UTF_8))
          .contains("C" + sqlState + "\0");
      assertThat(heard).isEmpty();
    }
  }
}
