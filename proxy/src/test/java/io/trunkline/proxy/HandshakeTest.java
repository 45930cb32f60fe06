package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.packet;
import static io.trunkline.pgwire.Packets.startup;
import static io.trunkline.proxy.PlainOrTlsMember.CANCEL_REQUEST;
import static io.trunkline.proxy.PlainOrTlsMember.GSSENC_REQUEST;
import static io.trunkline.proxy.PlainOrTlsMember.SSL_REQUEST;
import static io.trunkline.proxy.ProxyFixture.memberOf;
import static io.trunkline.proxy.ProxyFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Cidr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way to open a session, cut at every byte, on every kind of listener. */
@Timeout(120)
class HandshakeTest extends ProxyTestCase {
  private static final String ALPN = "postgresql";

  /** Requests, and what Trunkline looks at of a ClientHello. */
  private static final int CLASSIFIED = 24;

  /**
   * How far apart cuts are in what is only for OpenSSL to read, and a handshake each;
   * -DargLine=-Dtrunkline.handshake=1 for all of them.
   */
  private static final int TLS_STEP = Integer.getInteger("trunkline.handshake", 5);

  private static final byte[] CANCEL = packet(CANCEL_REQUEST, new byte[] {0, 0, 1, 0, 1, 2, 3, 4});

  private final SSLContext context = TestTls.context("");
  private PlainOrTlsMember member;
  private ProxyFixture proxy;

  /** Who takes TLS. */
  enum Tls {
    NOBODY,
    MEMBER,
    PROXY
  }

  /** What a balancer puts before the connection. */
  enum Header {
    NONE(new byte[0]),
    VERSION_1("PROXY TCP4 192.0.2.1 192.0.2.9 40000 5432\r\n".getBytes(StandardCharsets.US_ASCII)),
    VERSION_2(
        ByteBuffer.allocate(28)
            .put("\r\n\r\n\0\r\nQUIT\n!\021\0\014".getBytes(StandardCharsets.US_ASCII))
            .put(new byte[] {(byte) 192, 0, 2, 1, (byte) 192, 0, 2, 9})
            .putShort((short) 40_000)
            .putShort((short) 5432)
            .array());

    @SuppressWarnings("ImmutableEnumChecker") // nobody writes to it
    private final byte[] bytes;

    Header(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  /** Opens a session over a connection, and looks whether it has come about. */
  private interface Opening {
    void open(Socket client, byte[] header) throws Exception;
  }

  @ParameterizedTest
  @CsvSource({
    "NOBODY, NONE", "NOBODY, VERSION_1", "NOBODY, VERSION_2",
    "MEMBER, NONE", "MEMBER, VERSION_1", "MEMBER, VERSION_2",
    "PROXY, NONE", "PROXY, VERSION_1", "PROXY, VERSION_2"
  })
  void a_session_opens_however_its_beginning_is_cut(Tls tls, Header header) throws Exception {
    start(tls, header);
    for (Opening opening : List.<Opening>of(this::startup30, this::startup32, this::cancel)) {
      cutEverywhere(opening, header, CutSocket.NOWHERE);
    }
    switch (tls) {
      case NOBODY -> {
        cutEverywhere(this::sslDeclined, header, CutSocket.NOWHERE);
        cutEverywhere(this::gssThenSslDeclined, header, CutSocket.NOWHERE);
      }
      case MEMBER -> cutTls(header, CLASSIFIED); // its TLS is not Trunkline's to read
      case PROXY -> cutTls(header, CutSocket.NOWHERE);
    }
  }

  /** A handshake takes long, so the header before it is cut once, and those that differ little. */
  private void cutTls(Header header, int limit) throws Exception {
    boolean alone = header == Header.NONE;
    cutEverywhere(this::ssl, header, alone ? CLASSIFIED : 0);
    if (alone && limit > CLASSIFIED) {
      int length = attempt(this::ssl, header, CutSocket.NOWHERE);
      for (int at = CLASSIFIED; at < length; at += TLS_STEP) {
        attempt(this::ssl, header, at);
      }
    }
    cutEverywhere(this::directTls, header, alone ? CLASSIFIED : 0);
    cutEverywhere(this::gssThenSsl, header, alone ? CLASSIFIED : 0);
    cutEverywhere(this::cancelInTls, header, alone ? CLASSIFIED : 0);
  }

  private void start(Tls tls, Header header) throws IOException {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    if (tls == Tls.PROXY) {
      settings.terminating(TestTls.file("server.crt"));
    }
    if (header != Header.NONE) {
      settings.proxyProtocolFrom = List.of(new Cidr(InetAddress.ofLiteral("127.0.0.0"), 8));
    }
    member = new PlainOrTlsMember(tls == Tls.MEMBER);
    FakePostgres postgres = using(new FakePostgres(member::run));
    proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", postgres.address());
    proxy.leader("pg1");
  }

  private void cutEverywhere(Opening opening, Header header, int limit) throws Exception {
    int length = attempt(opening, header, CutSocket.NOWHERE);
    attempt(opening, header, CutSocket.EVERYWHERE);
    attempt(opening, header, header.bytes.length + 1);
    for (int at = 1; at < Math.min(length, limit); at++) {
      attempt(opening, header, at);
    }
  }

  private int attempt(Opening opening, Header header, int at) throws Exception {
    try (CutSocket client = new CutSocket(proxy.proxy.bound().get("write"), at)) {
      opening.open(client, header.bytes);
      return client.sent();
    } catch (IOException | AssertionError e) {
      throw new AssertionError("cut at " + at, e);
    }
  }

  private void startup30(Socket client, byte[] header) throws IOException {
    begin(client, join(header, startup()));
  }

  private void startup32(Socket client, byte[] header) throws IOException {
    byte[] parameters = "user\0app\0_pq_.x\0on\0\0".getBytes(StandardCharsets.UTF_8);
    begin(client, join(header, packet(196_610, parameters)));
  }

  private void sslDeclined(Socket client, byte[] header) throws IOException {
    ask(client, join(header, packet(SSL_REQUEST, new byte[0])), "N");
    begin(client, startup());
  }

  private void gssThenSslDeclined(Socket client, byte[] header) throws IOException {
    ask(client, join(header, packet(GSSENC_REQUEST, new byte[0])), "N");
    sslDeclined(client, new byte[0]);
  }

  private void ssl(Socket client, byte[] header) throws IOException {
    ask(client, join(header, packet(SSL_REQUEST, new byte[0])), "S");
    begin(TestTls.client(client, context), startup());
  }

  private void gssThenSsl(Socket client, byte[] header) throws IOException {
    ask(client, join(header, packet(GSSENC_REQUEST, new byte[0])), "N");
    ssl(client, new byte[0]);
  }

  private void directTls(Socket client, byte[] header) throws IOException {
    client.getOutputStream().write(header);
    SSLSocket secure = TestTls.client(client, context, ALPN);
    assertThat(secure.getApplicationProtocol()).isEqualTo(ALPN);
    begin(secure, startup());
  }

  private void cancel(Socket client, byte[] header) throws Exception {
    client.getOutputStream().write(join(header, CANCEL));
    arrives();
  }

  private void cancelInTls(Socket client, byte[] header) throws Exception {
    ask(client, join(header, packet(SSL_REQUEST, new byte[0])), "S");
    TestTls.client(client, context).getOutputStream().write(CANCEL);
    arrives();
  }

  private void arrives() throws InterruptedException {
    byte[] arrived = member.cancels.poll(10, TimeUnit.SECONDS);
    assertThat(arrived).isNotNull();
    assertThat(join(ByteBuffer.allocate(4).putInt(CANCEL.length).array(), arrived))
        .isEqualTo(CANCEL);
  }

  private static void ask(Socket client, byte[] request, String answer) throws IOException {
    client.getOutputStream().write(request);
    assertThat(read(client, 1)).isEqualTo(answer);
  }

  private void begin(Socket client, byte[] bytes) throws IOException {
    client.getOutputStream().write(bytes);
    assertThat(memberOf(client)).isEqualTo("one");
    client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
    assertThat(read(client, 5)).isEqualTo("hello");
    byte[] seen = member.startups.remove();
    assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
        .as("what the member got")
        .endsWith(new String(seen, StandardCharsets.ISO_8859_1));
  }
}
