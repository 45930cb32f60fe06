package io.trunkline.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class FailuresTest {
  @Test
  void theSameWordsWhateverOpenedTheConnection() {
    assertThat(Failures.describe(new ConnectException("Connection refused")))
        .isEqualTo("connection refused");
    String netty = "finishConnect(..) failed with error(-111): Connection refused: /10.0.0.1:5432";
    assertThat(Failures.describe(new IOException("io exception", new ConnectException(netty))))
        .isEqualTo("connection refused");
    assertThat(Failures.describe(new SocketTimeoutException("Connect timed out")))
        .isEqualTo("timed out");
    assertThat(Failures.describe(new ConnectException("connection timed out after 3000 ms: db-1")))
        .isEqualTo("timed out");
    assertThat(Failures.describe(new NoRouteToHostException("finishConnect(..) failed")))
        .isEqualTo("no route to host");
    assertThat(Failures.describe(new ClosedChannelException())).isEqualTo("connection closed");
  }

  @Test
  void tlsIsNamedOnce() {
    Exception named = new SSLHandshakeException("(certificate_unknown)");
    named.initCause(new CertificateException("No name matching db-1 found"));
    assertThat(Failures.describe(named)).isEqualTo("TLS: No name matching db-1 found");
    assertThat(Failures.ofTls(named)).isEqualTo("TLS: No name matching db-1 found");
    assertThat(Failures.ofTls(new ClosedChannelException())).isEqualTo("TLS: connection closed");
  }

  @Test
  void otherFailuresKeepTheirOwnWords() {
    assertThat(Failures.describe(new SSLHandshakeException("bad_certificate")))
        .isEqualTo("TLS: bad_certificate");
    assertThat(Failures.describe(new UnknownHostException("db-1: Name or service not known")))
        .isEqualTo("db-1: Name or service not known");
    assertThat(Failures.describe(new IOException())).isEqualTo("IOException");
    assertThat(Failures.describe(new IOException("a".repeat(300)))).hasSize(201).endsWith("…");
  }
}
