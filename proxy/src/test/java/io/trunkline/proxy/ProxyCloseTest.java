package io.trunkline.proxy;

import static io.trunkline.proxy.ProxyFixture.memberOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/** {@link Proxy#close}. */
@Timeout(30)
class ProxyCloseTest extends ProxyTestCase {
  @RepeatedTest(300)
  void every_connection_is_closed() throws Exception {
    FakePostgres member = using(FakePostgres.named("one"));
    Socket session;
    try (ProxyFixture proxy = new ProxyFixture()) {
      proxy.member("pg1", member.address());
      proxy.leader("pg1");
      session = using(proxy.open("write"));
      assertThat(memberOf(session)).isEqualTo("one");
    }
    session.setSoTimeout(2000);
    assertThat(new String(session.getInputStream().readAllBytes(), UTF_8)).contains("57P01");
  }
}
