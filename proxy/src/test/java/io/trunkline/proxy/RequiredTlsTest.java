package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.message;
import static io.trunkline.pgwire.Packets.packet;
import static io.trunkline.pgwire.Packets.startup;
import static io.trunkline.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.RuleConfig;
import io.trunkline.config.TlsConfig;
import io.trunkline.proxy.stats.SessionEnd;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS is passed through and required, and the member has none. */
@Timeout(30)
class RequiredTlsTest extends ProxyTestCase {
  private final BlockingQueue<byte[]> after = new LinkedBlockingQueue<>();

  /** What requires it. */
  enum By {
    LISTENER,
    RULE
  }

  private static ProxyFixture.Settings required(By by) {
    ProxyFixture.Settings settings = new ProxyFixture.Settings();
    settings.tls =
        ProxyFixture.Settings.tls(TlsConfig.Mode.PASSTHROUGH, Optional.empty(), by == By.LISTENER);
    if (by == By.RULE) {
      settings.rules =
          List.of(
              new RuleConfig(
                  List.of(),
                  List.of(),
                  List.of(),
                  RuleConfig.Action.ALLOW,
                  OptionalInt.empty(),
                  RuleConfig.Tls.REQUIRE));
    }
    return settings;
  }

  /** As PostgreSQL with ssl off: N, and then it reads on, until the connection is reset. */
  private FakePostgres withoutTls() throws Exception {
    return using(
        new FakePostgres(
            (client, in) -> {
              FakePostgres.readPacket(in);
              client.getOutputStream().write('N');
              ByteArrayOutputStream more = new ByteArrayOutputStream();
              try {
                in.transferTo(more);
              } finally {
                after.add(more.toByteArray());
              }
            }));
  }

  @ParameterizedTest
  @EnumSource
  void nothing_that_was_sent_with_the_request_reaches_the_member(By by) throws Exception {
    ProxyFixture proxy = using(new ProxyFixture(required(by)));
    proxy.member("pg1", withoutTls().address());
    proxy.leader("pg1");
    Socket client = using(proxy.connect("write"));
    client
        .getOutputStream()
        .write(
            join(
                packet(80_877_103, new byte[0]),
                startup(),
                message('Q', "insert into t values (1)\0")));
    byte[] told = client.getInputStream().readAllBytes();
    assertThat(told).isEmpty();
    assertThat(after.poll(10, TimeUnit.SECONDS)).as("the member has read nothing more").isEmpty();
    until(
        () ->
            proxy.proxy.stats().get("write").ends().getOrDefault(SessionEnd.BACKEND_WITHOUT_TLS, 0L)
                == 1);
  }
}
