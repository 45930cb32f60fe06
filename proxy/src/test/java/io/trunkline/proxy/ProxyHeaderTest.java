package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.packet;
import static io.trunkline.pgwire.Packets.startup;
import static io.trunkline.proxy.ProxyFixture.memberOf;
import static io.trunkline.proxy.ProxyFixture.read;
import static io.trunkline.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Cidr;
import io.trunkline.config.TlsConfig;
import io.trunkline.config.TlsFiles;
import io.trunkline.proxy.stats.SessionEnd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients of 203.0.113.0/24 and 2001:db8::/32 are denied: that tells which address was seen. */
@Timeout(30)
class ProxyHeaderTest extends ProxyTestCase {
  private static final byte[] VERSION_2 = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};
  private static final Path PEM =
      Path.of("..", "config", "src", "test", "resources", "io", "trunkline", "config", "pem");

  private final ProxyFixture.Settings settings = new ProxyFixture.Settings();

  private ProxyFixture proxy() throws IOException {
    settings.proxyProtocolFrom = List.of(network("127.0.0.0", 8));
    settings.deny = List.of(network("203.0.113.0", 24), network("2001:db8::", 32));
    FakePostgres postgres = FakePostgres.named("one");
    ProxyFixture proxy = new ProxyFixture(settings);
    using(postgres);
    using(proxy);
    proxy.member("pg1", postgres.address());
    proxy.leader("pg1");
    return proxy;
  }

  private static Cidr network(String address, int prefix) {
    return new Cidr(InetAddress.ofLiteral(address), prefix);
  }

  private static byte[] version1(String line) {
    return (line + "\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  /** Command and family as in the specification: 0x21 is PROXY, 0x11 TCP over IPv4. */
  private static byte[] version2(int command, int family, byte[] rest) {
    return ByteBuffer.allocate(16 + rest.length)
        .put(VERSION_2)
        .put((byte) command)
        .put((byte) family)
        .putShort((short) rest.length)
        .put(rest)
        .array();
  }

  private static byte[] addresses(String source, String destination) {
    byte[] from = InetAddress.ofLiteral(source).getAddress();
    byte[] to = InetAddress.ofLiteral(destination).getAddress();
    return ByteBuffer.allocate(from.length + to.length + 4)
        .put(from)
        .put(to)
        .putShort((short) 40_000)
        .putShort((short) 5432)
        .array();
  }

  private static Socket send(ProxyFixture proxy, byte[]... parts) throws IOException {
    Socket client = proxy.connect("write");
    client.getOutputStream().write(join(parts));
    return client;
  }

  private static void isServed(ProxyFixture proxy, byte[] header) throws IOException {
    try (Socket client = send(proxy, header, startup())) {
      assertThat(memberOf(client)).isEqualTo("one");
      client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
      assertThat(read(client, 5)).isEqualTo("hello");
    }
  }

  private static void isDenied(ProxyFixture proxy, byte[] header) throws IOException {
    try (Socket client = send(proxy, header, startup())) {
      assertThat(read(client, 1000)).contains("28000");
    }
  }

  private static String isMalformed(ProxyFixture proxy, byte[] bytes) throws Exception {
    long counted = ends(proxy, SessionEnd.PROXY_HEADER_MALFORMED) + 1;
    try (Socket client = send(proxy, bytes)) {
      String answer = readToEnd(client);
      until(() -> ends(proxy, SessionEnd.PROXY_HEADER_MALFORMED) == counted);
      return answer;
    }
  }

  private static String readToEnd(Socket client) {
    try {
      return read(client, 1000);
    } catch (IOException reset) {
      return "";
    }
  }

  private static long ends(ProxyFixture proxy, SessionEnd reason) {
    return proxy.proxy.stats().get("write").ends().getOrDefault(reason, 0L);
  }

  @Test
  void theAddressThatTheHeaderNamesCounts() throws Exception {
    ProxyFixture proxy = proxy();
    isServed(proxy, version1("PROXY TCP4 192.0.2.1 192.0.2.9 40000 5432"));
    isDenied(proxy, version1("PROXY TCP4 203.0.113.5 192.0.2.9 40000 5432"));
    isServed(proxy, version1("PROXY TCP6 fe80::1 fe80::2 40000 5432"));
    isDenied(proxy, version1("PROXY TCP6 2001:db8::5 2001:db8::9 40000 5432"));
    isServed(proxy, version2(0x21, 0x11, addresses("192.0.2.1", "192.0.2.9")));
    isDenied(proxy, version2(0x21, 0x11, addresses("203.0.113.5", "192.0.2.9")));
    isServed(proxy, version2(0x21, 0x21, addresses("fe80::1", "fe80::2")));
    isDenied(proxy, version2(0x21, 0x21, addresses("2001:db8::5", "2001:db8::9")));
  }

  @Test
  void whatFollowsTheAddressesIsSkipped() throws Exception {
    byte[] more = join(addresses("203.0.113.5", "192.0.2.9"), new byte[] {4, 0, 3, 1, 2, 3});
    isDenied(proxy(), version2(0x21, 0x11, more));
  }

  @Test
  void withoutAnAddressItIsTheBalancersOwn() throws Exception {
    ProxyFixture proxy = proxy();
    isServed(proxy, version1("PROXY UNKNOWN"));
    isServed(proxy, version1("PROXY UNKNOWN 203.0.113.5 192.0.2.9 40000 5432"));
    isServed(proxy, version2(0x20, 0x00, new byte[0]));
    isServed(proxy, version2(0x20, 0x11, addresses("203.0.113.5", "192.0.2.9")));
    isServed(proxy, version2(0x21, 0x00, new byte[0]));
  }

  @Test
  void splitAtEveryByte() throws Exception {
    ProxyFixture proxy = proxy();
    for (byte[] header :
        List.of(
            version1("PROXY TCP4 203.0.113.5 192.0.2.9 1 2"),
            version2(0x21, 0x11, addresses("203.0.113.5", "192.0.2.9")))) {
      byte[] all = join(header, startup());
      for (int split = 1; split < all.length; split++) {
        try (Socket client = proxy.connect("write")) {
          client.setTcpNoDelay(true);
          client.getOutputStream().write(all, 0, split);
          Thread.sleep(2); // so that the rest comes by itself
          client.getOutputStream().write(all, split, all.length - split);
          assertThat(read(client, 1000)).as("split at %s", split).contains("28000");
        }
      }
    }
  }

  @Test
  void aClientThatComesWithoutItIsTold() throws Exception {
    ProxyFixture proxy = proxy();
    assertThat(isMalformed(proxy, startup())).contains("08P01", "PROXY protocol header");
    assertThat(isMalformed(proxy, packet(80_877_103, new byte[0]))).contains("08P01");
    assertThat(isMalformed(proxy, "PRAXY".getBytes(StandardCharsets.US_ASCII))).contains("08P01");
  }

  @Test
  void aBrokenHeaderEndsTheConnection() throws Exception {
    ProxyFixture proxy = proxy();
    isMalformed(proxy, version1("PROXY TCP4 192.0.2.1 192.0.2.9 40000 544444"));
    isMalformed(proxy, version1("PROXY TCP4 " + "1".repeat(200)));
    isMalformed(proxy, version2(0x11, 0x11, addresses("192.0.2.1", "192.0.2.9")));
    isMalformed(proxy, version2(0x21, 0x12, addresses("192.0.2.1", "192.0.2.9")));
    isMalformed(proxy, version2(0x21, 0x11, new byte[30_000]));
    assertThat(proxy.proxy.stats().get("write").connections()).isZero();
  }

  @Test
  void oneThatNeverComesIsTimedOut() throws Exception {
    settings.startupTimeout = Duration.ofMillis(200);
    ProxyFixture proxy = proxy();
    try (Socket silent = proxy.connect("write");
        Socket half = send(proxy, "PROXY TCP4 192.0.2.1".getBytes(StandardCharsets.US_ASCII))) {
      assertThat(read(silent, 1000)).contains("in time");
      assertThat(read(half, 1000)).contains("08P01");
    }
    assertThat(ends(proxy, SessionEnd.PROXY_HEADER_TIMEOUT)).isGreaterThanOrEqualTo(1);
  }

  @Test
  void aCheckOfThePortIsNoError() throws Exception {
    ProxyFixture proxy = proxy();
    proxy.connect("write").close();
    until(() -> ends(proxy, SessionEnd.CLIENT_CLOSED) == 1);
    assertThat(ends(proxy, SessionEnd.PROXY_HEADER_MALFORMED)).isZero();
  }

  @Test
  void fromOthersItIsGarbage() throws Exception {
    ProxyFixture proxy = proxy();
    settings.proxyProtocolFrom = List.of();
    ProxyFixture trusting = new ProxyFixture(settings);
    using(trusting);
    try (Socket client =
        send(trusting, version1("PROXY TCP4 192.0.2.1 192.0.2.9 1 2"), startup())) {
      assertThat(read(client, 1000)).contains("08P01", "startup packet");
    }
    assertThat(ends(trusting, SessionEnd.STARTUP_MALFORMED)).isEqualTo(1);
    assertThat(ends(proxy, SessionEnd.STARTUP_MALFORMED)).isZero();
  }

  @Test
  void tlsFollowsIt() throws Exception {
    settings.tls =
        new TlsConfig(
            TlsConfig.Mode.TERMINATE,
            new TlsFiles(
                Optional.empty(),
                Optional.of(PEM.resolve("ec.crt")),
                Optional.of(PEM.resolve("ec.key"))),
            TlsConfig.ClientCert.REQUIRE,
            true,
            TlsConfig.MinVersion.TLSV1_2);
    ProxyFixture proxy = proxy();
    for (var served : Map.of("192.0.2.1", "one", "203.0.113.5", "28000").entrySet()) {
      byte[] header = version1("PROXY TCP4 " + served.getKey() + " 192.0.2.9 40000 5432");
      try (Socket client = send(proxy, header, packet(80_877_103, new byte[0]))) {
        if (served.getValue().equals("28000")) {
          assertThat(read(client, 1000)).contains("28000");
        } else {
          assertThat(read(client, 1)).isEqualTo("S");
          try (SSLSocket secure = secure(client)) {
            secure.getOutputStream().write(startup());
            assertThat(memberOf(secure)).isEqualTo(served.getValue());
          }
        }
      }
    }
  }

  private static SSLSocket secure(Socket client) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Trusting()}, null);
    return (SSLSocket) context.getSocketFactory().createSocket(client, "pg", 5432, true);
  }

  private static final class Trusting implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
