package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import io.trunkline.proxy.tls.Certificates;
import io.trunkline.proxy.tls.ServerTls;
import io.trunkline.testing.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** After a reload a listener's former TLS stays for as long as a session may need it. */
class TlsRetirementTest extends ProxyTestCase {
  @Test
  void itIsFreedOnceTheLastSessionHasEnded() throws Exception {
    Certificates certificates =
        using(new Certificates(_ -> {}, () -> Instant.EPOCH, Duration.ofMillis(10)));
    ProxyFixture.Settings settings =
        new ProxyFixture.Settings().terminating(TestTls.file("server.crt"));
    ServerTls tls = certificates.serverTls(ProxyFixture.listener(settings, "write")).orElseThrow();
    certificates.start();
    tls.enter();
    certificates.retire(Optional.of(tls), Optional.empty());
    Thread.sleep(200); // it is not freed meanwhile
    use(tls);
    tls.leave();
    Await.until(() -> freed(tls));
    assertThatThrownBy(() -> use(tls)).isInstanceOf(IllegalStateException.class);
  }

  private static boolean freed(ServerTls tls) {
    try {
      use(tls);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  private static void use(ServerTls tls) {
    ReferenceCountUtil.release(tls.handler(ByteBufAllocator.DEFAULT).engine());
  }
}
