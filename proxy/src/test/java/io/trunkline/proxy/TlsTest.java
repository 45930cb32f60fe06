package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.packet;
import static io.trunkline.pgwire.Packets.startup;
import static io.trunkline.proxy.ProxyFixture.memberOf;
import static io.trunkline.proxy.ProxyFixture.read;
import static io.trunkline.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.config.SslMode;
import io.trunkline.config.TlsConfig;
import io.trunkline.config.TlsFiles;
import io.trunkline.proxy.ProxyFixture.Settings;
import io.trunkline.proxy.stats.SessionEnd;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS that ends at the proxy, and that which it opens to members. */
@Timeout(30)
class TlsTest extends ProxyTestCase {
  private static final int SSL_REQUEST = 80_877_103;
  private static final int GSSENC_REQUEST = 80_877_104;
  private static final int CANCEL_REQUEST = 80_877_102;
  private static final String ALPN = "postgresql";

  private ProxyFixture proxy(Settings settings, FakePostgres member) throws IOException {
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", member.address());
    proxy.leader("pg1");
    return proxy;
  }

  private static Settings terminating() {
    return new Settings().terminating(TestTls.file("server.crt"));
  }

  private FakePostgres one() throws IOException {
    return using(FakePostgres.named("one"));
  }

  private SSLSocket request(ProxyFixture proxy, String identity) throws IOException {
    Socket plain = using(proxy.connect("write"));
    plain.getOutputStream().write(packet(SSL_REQUEST, new byte[0]));
    assertThat(read(plain, 1)).isEqualTo("S");
    return using(TestTls.client(plain, identity));
  }

  @Test
  void a_session_goes_through_tls_that_ends_here() throws Exception {
    SSLSocket client = request(proxy(terminating(), one()), "");
    client.getOutputStream().write(startup());
    assertThat(memberOf(client)).isEqualTo("one");
    client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
    assertThat(read(client, 5)).isEqualTo("hello");
  }

  @Test
  void large_answers_come_through() throws Exception {
    byte[] row = new byte[3 << 20];
    FakePostgres member =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  client.getOutputStream().write(FakePostgres.greeting("one"));
                  client.getOutputStream().write(row);
                }));
    SSLSocket client = request(proxy(terminating(), member), "");
    client.getOutputStream().write(startup());
    assertThat(memberOf(client)).isEqualTo("one");
    assertThat(client.getInputStream().readNBytes(row.length)).hasSize(row.length);
  }

  @Test
  void gssapi_is_declined_before_tls() throws Exception {
    Socket plain = using(proxy(terminating(), one()).connect("write"));
    plain.getOutputStream().write(packet(GSSENC_REQUEST, new byte[0]));
    assertThat(read(plain, 1)).isEqualTo("N");
    plain.getOutputStream().write(packet(SSL_REQUEST, new byte[0]));
    assertThat(read(plain, 1)).isEqualTo("S");
    SSLSocket client = using(TestTls.client(plain, ""));
    client.getOutputStream().write(startup());
    assertThat(memberOf(client)).isEqualTo("one");
  }

  @Test
  void direct_tls_needs_no_request() throws Exception {
    Socket plain = using(proxy(terminating(), one()).connect("write"));
    SSLSocket client = using(TestTls.client(plain, "", ALPN));
    assertThat(client.getApplicationProtocol()).isEqualTo(ALPN);
    client.getOutputStream().write(startup());
    assertThat(memberOf(client)).isEqualTo("one");
  }

  @Test
  void direct_tls_of_another_protocol_is_not_for_postgresql() throws Exception {
    ProxyFixture proxy = proxy(terminating(), one());
    Socket plain = using(proxy.connect("write"));
    assertThatThrownBy(
            () -> {
              SSLSocket client = using(TestTls.client(plain, ""));
              client.getOutputStream().write(startup());
              memberOf(client);
            })
        .isInstanceOf(IOException.class);
    until(() -> ends(proxy, SessionEnd.TLS_FAILED) == 1);
  }

  @Test
  void plaintext_put_in_after_the_request_is_not_taken_for_the_clients() throws Exception {
    ProxyFixture proxy = proxy(terminating(), one());
    Socket plain = using(proxy.connect("write"));
    plain.getOutputStream().write(join(packet(SSL_REQUEST, new byte[0]), startup()));
    assertThat(read(plain, 1000)).startsWith("E").contains("08P01");
  }

  @Test
  void plaintext_put_in_after_the_answer_is_not_taken_either() throws Exception {
    ProxyFixture proxy = proxy(terminating(), one());
    Socket plain = using(proxy.connect("write"));
    plain.getOutputStream().write(packet(SSL_REQUEST, new byte[0]));
    assertThat(read(plain, 1)).isEqualTo("S");
    plain.getOutputStream().write(startup());
    until(() -> ends(proxy, SessionEnd.TLS_FAILED) == 1);
  }

  @Test
  void a_plain_session_is_taken_unless_tls_is_required() throws Exception {
    Socket client = using(proxy(terminating(), one()).open("write"));
    assertThat(memberOf(client)).isEqualTo("one");
  }

  @ParameterizedTest
  @EnumSource(TlsConfig.Mode.class)
  void a_plain_session_is_refused_where_tls_is_required(TlsConfig.Mode mode) throws Exception {
    Settings settings = new Settings();
    Optional<Path> cert =
        mode == TlsConfig.Mode.TERMINATE
            ? Optional.of(TestTls.file("server.crt"))
            : Optional.empty();
    settings.tls = Settings.tls(mode, cert, true);
    var keys = new LinkedBlockingQueue<byte[]>();
    FakePostgres member = using(new FakePostgres((_, in) -> keys.add(FakePostgres.readPacket(in))));
    ProxyFixture proxy = proxy(settings, member);
    assertThat(read(using(proxy.open("write")), 1000)).contains("28000", "sslmode=require");
    Socket cancelling = using(proxy.connect("write"));
    cancelling.getOutputStream().write(packet(CANCEL_REQUEST, new byte[8]));
    assertThat(keys.poll(5, TimeUnit.SECONDS)).as("a cancel request in plaintext").hasSize(12);
  }

  @Test
  void a_cancel_request_inside_tls_is_passed_on() throws Exception {
    var keys = new LinkedBlockingQueue<byte[]>();
    FakePostgres member = using(new FakePostgres((_, in) -> keys.add(FakePostgres.readPacket(in))));
    SSLSocket client = request(proxy(terminating(), member), "");
    client.getOutputStream().write(packet(CANCEL_REQUEST, new byte[36]));
    assertThat(keys.poll(5, TimeUnit.SECONDS)).hasSize(40);
  }

  @Test
  void tls_inside_tls_is_refused() throws Exception {
    SSLSocket client = request(proxy(terminating(), one()), "");
    client.getOutputStream().write(packet(SSL_REQUEST, new byte[0]));
    assertThat(read(client, 1000)).contains("08P01");
  }

  @Test
  void who_has_no_certificate_is_refused_where_one_is_required() throws Exception {
    Settings settings = terminating();
    settings.tls = withClientCa(settings.tls, TlsConfig.ClientCert.REQUIRE);
    ProxyFixture proxy = proxy(settings, one());
    SSLSocket client = request(proxy, "client");
    client.getOutputStream().write(startup());
    assertThat(memberOf(client)).isEqualTo("one");
    assertThatThrownBy(
            () -> {
              SSLSocket nobody = request(proxy, "");
              nobody.getOutputStream().write(startup());
              memberOf(nobody);
            })
        .isInstanceOf(IOException.class);
    until(() -> ends(proxy, SessionEnd.TLS_FAILED) == 1);
  }

  @Test
  void who_has_no_certificate_is_taken_where_it_is_optional() throws Exception {
    Settings settings = terminating();
    settings.tls = withClientCa(settings.tls, TlsConfig.ClientCert.OPTIONAL);
    SSLSocket client = request(proxy(settings, one()), "");
    client.getOutputStream().write(startup());
    assertThat(memberOf(client)).isEqualTo("one");
  }

  @Test
  void new_certificates_are_for_new_connections(@TempDir Path directory) throws Exception {
    Path cert = directory.resolve("proxy.crt");
    put("server", cert, Instant.now().minusSeconds(60));
    ProxyFixture proxy = proxy(new Settings().terminating(cert), one());
    SSLSocket before = request(proxy, "");
    before.getOutputStream().write(startup());
    assertThat(memberOf(before)).isEqualTo("one");
    put("renewed", cert, Instant.now());
    until(() -> !serial(request(proxy, "")).equals(serial(before)));
    before.getOutputStream().write("alive".getBytes(StandardCharsets.UTF_8));
    assertThat(read(before, 5)).isEqualTo("alive");
  }

  @Test
  void a_half_written_certificate_changes_nothing(@TempDir Path directory) throws Exception {
    Path cert = directory.resolve("proxy.crt");
    put("server", cert, Instant.now().minusSeconds(60));
    ProxyFixture proxy = proxy(new Settings().terminating(cert), one());
    Files.writeString(cert, "-----BEGIN CERTIFICATE-----\nMII");
    until(() -> proxy.events.contains("certificates_not_renewed"));
    request(proxy, "");
  }

  /** As when a new key could not be read, and then its owner is changed: no time tells of that. */
  @Test
  void what_could_not_be_read_is_tried_until_it_can(@TempDir Path directory) throws Exception {
    Path cert = directory.resolve("proxy.crt");
    put("server", cert, Instant.now().minusSeconds(60));
    Settings settings = new Settings().terminating(cert);
    ProxyFixture proxy = proxy(settings, one());
    SSLSocket before = request(proxy, "");
    Instant inUse = proxy.proxy.validities().getFirst().until();
    Path key = directory.resolve("proxy.key");
    Path none = directory.resolve("none");
    Files.writeString(none, "");
    copy(none, key, Instant.now()); // nobody can make anything of it
    copy(TestTls.file("renewed.crt"), cert, Instant.now());
    until(() -> notRenewed(proxy) == settings.listeners.size());
    assertThat(proxy.proxy.validities().getFirst().until()).isEqualTo(inUse);
    FileTime stamp = Files.getLastModifiedTime(key);
    copy(TestTls.file("renewed.key"), key, stamp.toInstant());
    until(() -> !serial(request(proxy, "")).equals(serial(before)));
    assertThat(notRenewed(proxy))
        .as("told once for each listener, however often it is tried")
        .isEqualTo(settings.listeners.size());
  }

  private static long notRenewed(ProxyFixture proxy) {
    return proxy.events.stream().filter("certificates_not_renewed"::equals).count();
  }

  @ParameterizedTest
  @EnumSource(
      value = SslMode.class,
      names = {"REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
  void members_are_reached_through_tls(SslMode mode) throws Exception {
    Settings settings = terminating();
    settings.backendTls = Settings.backendTls(mode);
    SSLSocket client = request(proxy(settings, speakingTls("server")), "");
    client.getOutputStream().write(startup());
    assertThat(memberOf(client)).isEqualTo("one");
    client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
    assertThat(read(client, 5)).isEqualTo("hello");
  }

  @Test
  void a_member_with_another_name_is_not_the_one_that_was_meant() throws Exception {
    Settings settings = terminating();
    settings.backendTls = Settings.backendTls(SslMode.VERIFY_FULL);
    ProxyFixture proxy = proxy(settings, speakingTls("elsewhere"));
    SSLSocket client = request(proxy, "");
    client.getOutputStream().write(startup());
    until(() -> proxy.failures.stream().anyMatch(why -> why.startsWith("pg1: TLS: ")));
  }

  @Test
  void a_member_without_tls_is_not_spoken_to_in_the_clear() throws Exception {
    Settings settings = terminating();
    settings.backendTls = Settings.backendTls(SslMode.REQUIRE);
    var seen = new LinkedBlockingQueue<Integer>();
    FakePostgres member =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  client.getOutputStream().write('N');
                  seen.add(bytesUntilTheEnd(in));
                }));
    ProxyFixture proxy = proxy(settings, member);
    SSLSocket client = request(proxy, "");
    client.getOutputStream().write(startup());
    assertThat(seen.poll(5, TimeUnit.SECONDS)).isZero();
    assertThat(proxy.failures).anyMatch(why -> why.contains("does not support TLS"));
  }

  private static int bytesUntilTheEnd(DataInputStream in) {
    int count = 0;
    try {
      while (in.read() >= 0) {
        count++;
      }
    } catch (IOException reset) {
      // So it left.
    }
    return count;
  }

  private FakePostgres speakingTls(String identity) throws IOException {
    return using(
        new FakePostgres(
            (client, in) -> {
              FakePostgres.readPacket(in);
              client.getOutputStream().write('S');
              SSLSocket tls = TestTls.server(client, identity);
              DataInputStream inside = new DataInputStream(tls.getInputStream());
              FakePostgres.readPacket(inside);
              tls.getOutputStream().write(FakePostgres.greeting("one"));
              inside.transferTo(tls.getOutputStream());
            }));
  }

  /** Certificate and key under that name, one after the other, as a renewal does it. */
  private static void put(String identity, Path cert, Instant at) throws IOException {
    Path key = Path.of(cert.toString().replace(".crt", ".key"));
    copy(TestTls.file(identity + ".key"), key, at);
    copy(TestTls.file(identity + ".crt"), cert, at);
  }

  private static void copy(Path from, Path to, Instant at) throws IOException {
    Path beside = to.resolveSibling(to.getFileName() + ".new");
    Files.copy(from, beside, StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(beside, FileTime.from(at));
    Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE);
  }

  private static java.math.BigInteger serial(SSLSocket socket) throws IOException {
    return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
  }

  private static TlsConfig withClientCa(TlsConfig tls, TlsConfig.ClientCert clientCert) {
    return new TlsConfig(
        tls.mode(),
        new TlsFiles(Optional.of(TestTls.file("ca.crt")), tls.files().cert(), tls.files().key()),
        clientCert,
        tls.require(),
        tls.minVersion());
  }

  private static long ends(ProxyFixture proxy, SessionEnd end) {
    return proxy.proxy.stats().get("write").ends().get(end);
  }
}
