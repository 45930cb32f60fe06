package io.trunkline.proxy.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.trunkline.config.TlsConfig;
import io.trunkline.config.TlsMaterial;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** The server side of TLS with clients, where the listener terminates it. */
public final class ServerTls extends Contexts {
  private final TlsConfig config;

  ServerTls(TlsConfig config) {
    super(config.files());
    this.config = config;
  }

  /** What a client's bytes have to pass from now on. */
  public SslHandler handler(ByteBufAllocator allocator) {
    return current().newHandler(allocator);
  }

  /** Whether that connection has agreed on PostgreSQL's protocol by name, as direct TLS must. */
  public static boolean agreedOnPostgres(SslHandler handler) {
    return Alpn.POSTGRESQL.equals(handler.applicationProtocol());
  }

  /** The certificate that this node has shown in that handshake. */
  public static Optional<X509Certificate> certificate(SslHandler handler) {
    return first(handler.engine().getSession().getLocalCertificates());
  }

  @Override
  SslContextBuilder builder(TlsMaterial material) {
    SslContextBuilder builder =
        SslContextBuilder.forServer(material.key().orElseThrow(), material.chain())
            .protocols(protocols());
    if (!material.trust().isEmpty()) {
      builder
          .trustManager(material.trust())
          .clientAuth(
              switch (config.clientCert()) {
                case REQUIRE -> ClientAuth.REQUIRE;
                case OPTIONAL -> ClientAuth.OPTIONAL;
              });
    }
    return builder;
  }

  private List<String> protocols() {
    return switch (config.minVersion()) {
      case TLSV1_2 -> List.of("TLSv1.3", "TLSv1.2");
      case TLSV1_3 -> List.of("TLSv1.3");
    };
  }
}
