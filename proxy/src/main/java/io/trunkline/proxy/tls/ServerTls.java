package io.trunkline.proxy.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.trunkline.config.Pem;
import io.trunkline.config.PemException;
import io.trunkline.config.TlsConfig;
import io.trunkline.config.Validity;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The server side of TLS with clients, where the listener terminates it. */
public final class ServerTls extends Contexts {
  private final TlsConfig config;

  ServerTls(TlsConfig config) {
    super(
        Stream.of(config.cert(), config.key(), config.clientCa())
            .flatMap(Optional::stream)
            .toList());
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

  @Override
  SslContext build(List<Validity> validities) throws IOException {
    try {
      Path cert = config.cert().orElseThrow();
      List<X509Certificate> chain = Pem.certificates(cert);
      validities.add(Validity.ofChain(cert, chain));
      PrivateKey key = Pem.privateKey(config.key().orElse(cert));
      SslContextBuilder builder =
          SslContextBuilder.forServer(key, chain)
              .sslProvider(provider())
              .applicationProtocolConfig(Alpn.CONFIG)
              .protocols(protocols());
      if (config.clientCa().isPresent()) {
        List<X509Certificate> authorities = Pem.certificates(config.clientCa().get());
        validities.add(Validity.ofAuthorities(config.clientCa().get(), authorities));
        builder
            .trustManager(authorities)
            .clientAuth(
                switch (config.clientCert()) {
                  case REQUIRE -> ClientAuth.REQUIRE;
                  case OPTIONAL -> ClientAuth.OPTIONAL;
                });
      }
      return builder.build();
    } catch (PemException | IllegalArgumentException e) {
      throw new IOException("tls: " + e.getMessage(), e);
    }
  }

  private List<String> protocols() {
    return switch (config.minVersion()) {
      case TLSV1_2 -> List.of("TLSv1.3", "TLSv1.2");
      case TLSV1_3 -> List.of("TLSv1.3");
    };
  }
}
