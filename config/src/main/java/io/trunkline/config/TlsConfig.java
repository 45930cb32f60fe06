package io.trunkline.config;

/**
 * What is done with the client's TLS.
 *
 * @param files the server's chain and key, needed to terminate, and the authorities that may have
 *     signed clients' certificates; without these no client is asked for one
 */
public record TlsConfig(
    Mode mode, TlsFiles files, ClientCert clientCert, boolean require, MinVersion minVersion) {

  /** Who ends the client's TLS. */
  public enum Mode implements Labelled {
    /** The backend: TLS, channel binding and any protocol version work end to end. */
    PASSTHROUGH,
    /** Trunkline. */
    TERMINATE
  }

  /** Whether a client must present a certificate, where there is an authority for it. */
  public enum ClientCert implements Labelled {
    REQUIRE,
    /** A certificate that is presented must be good. */
    OPTIONAL
  }

  /** The lowest protocol version that is accepted. */
  public enum MinVersion implements Labelled {
    TLSV1_2,
    TLSV1_3;

    @Override
    public String label() {
      return name().replace("TLSV", "TLSv").replace('_', '.');
    }
  }
}
