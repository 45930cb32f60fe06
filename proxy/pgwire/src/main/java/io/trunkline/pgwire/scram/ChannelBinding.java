package io.trunkline.pgwire.scram;

import com.ongres.scram.common.util.TlsServerEndpoint;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;

/**
 * What binds a SCRAM exchange to the TLS that it runs through: the hash of the server's certificate
 * (RFC 5929, section 4). PostgreSQL has no other kind.
 */
public final class ChannelBinding {
  static final String TYPE = TlsServerEndpoint.TLS_SERVER_END_POINT;

  private final byte[] data;

  private ChannelBinding(byte[] data) {
    this.data = data;
  }

  /** Of that certificate; empty where its signature names no hash, as with Ed25519. */
  public static Optional<ChannelBinding> of(X509Certificate certificate) {
    try {
      byte[] data = TlsServerEndpoint.getChannelBindingData(certificate);
      return data.length == 0 ? Optional.empty() : Optional.of(new ChannelBinding(data));
    } catch (CertificateEncodingException e) {
      return Optional.empty();
    }
  }

  /** What a client sends of it: the header and the data (RFC 5802, section 7, cbind-input). */
  byte[] after(byte[] header) {
    byte[] input = Arrays.copyOf(header, header.length + data.length);
    System.arraycopy(data, 0, input, header.length, data.length);
    return input;
  }
}
