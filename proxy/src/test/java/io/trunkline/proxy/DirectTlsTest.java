package io.trunkline.proxy;

import static io.trunkline.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.proxy.stats.SessionEnd;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients with {@code sslnegotiation=direct} whose TLS is passed through. */
@Timeout(30)
class DirectTlsTest extends ProxyTestCase {
  private static final byte[] HELLO = {0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0};
  private static final int SSL_REQUEST_LENGTH = 8;

  private final AtomicInteger hellos = new AtomicInteger();

  private Socket client(ProxyFixture proxy) throws IOException {
    Socket client = using(proxy.connect("write"));
    client.getOutputStream().write(HELLO);
    return client;
  }

  /** PostgreSQL before 17: a ClientHello is a startup packet of 369 MB. */
  private FakePostgres old(AtomicBoolean alive) throws IOException {
    return using(
        new FakePostgres(
            (client, in) -> {
              if (in.readInt() != SSL_REQUEST_LENGTH) {
                hellos.incrementAndGet();
                return;
              }
              in.readInt();
              if (alive.get()) {
                client.getOutputStream().write('S');
                in.readAllBytes();
              }
            }));
  }

  @Test
  void a_server_that_does_not_know_it_ends_the_session_at_once() throws Exception {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.holdTimeout = java.time.Duration.ofMinutes(5);
    ProxyFixture proxy = using(new ProxyFixture(settings));
    proxy.member("pg1", old(new AtomicBoolean(true)).address());
    proxy.leader("pg1");
    assertThat(client(proxy).getInputStream().readAllBytes()).isEmpty();
    assertThat(proxy.proxy.stats().get("write").ends())
        .containsEntry(SessionEnd.DIRECT_TLS_UNSUPPORTED, 1L);
    assertThat(proxy.events).contains("client_refused");
  }

  @Test
  void a_server_that_is_just_not_there_is_waited_for() throws Exception {
    AtomicBoolean alive = new AtomicBoolean();
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", old(alive).address());
    FakePostgres newer =
        using(
            new FakePostgres(
                (client, in) -> {
                  in.readNBytes(HELLO.length);
                  client
                      .getOutputStream()
                      .write("TLS".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                  in.readAllBytes();
                }));
    proxy.leader("pg1");
    Socket client = client(proxy);
    until(() -> hellos.get() > 1);
    proxy.member("pg2", newer.address());
    proxy.leader("pg2");
    assertThat(ProxyFixture.read(client, 3)).isEqualTo("TLS");
  }
}
