package io.trunkline.proxy.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.trunkline.config.BackendTlsConfig;
import io.trunkline.config.HostPort;
import io.trunkline.config.Pem;
import io.trunkline.config.PemException;
import io.trunkline.config.Validity;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The client side of TLS with members, in the words of libpq's sslmode. */
public final class BackendTls extends Contexts {
  private final BackendTlsConfig config;

  /**
   * @param config of a mode other than disable
   */
  BackendTls(BackendTlsConfig config) {
    super(
        Stream.of(config.cacert(), config.cert(), config.key()).flatMap(Optional::stream).toList());
    this.config = config;
  }

  /** What a member's bytes have to pass from now on; the host is what its certificate must name. */
  public SslHandler handler(ByteBufAllocator allocator, HostPort member) {
    return current().newHandler(allocator, member.host(), member.port());
  }

  @Override
  SslContext build(List<Validity> validities) throws IOException {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forClient()
              .sslProvider(provider())
              .applicationProtocolConfig(Alpn.CONFIG);
      switch (config.mode()) {
        case DISABLE -> throw new IllegalStateException("backend_tls is disabled");
        case REQUIRE ->
            builder
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm(null);
        case VERIFY_CA -> builder.endpointIdentificationAlgorithm(null);
        case VERIFY_FULL -> builder.endpointIdentificationAlgorithm("HTTPS");
      }
      if (config.cacert().isPresent()) {
        List<X509Certificate> authorities = Pem.certificates(config.cacert().get());
        validities.add(Validity.ofAuthorities(config.cacert().get(), authorities));
        builder.trustManager(authorities);
      }
      if (config.cert().isPresent()) {
        Path cert = config.cert().get();
        List<X509Certificate> chain = Pem.certificates(cert);
        validities.add(Validity.ofChain(cert, chain));
        builder.keyManager(Pem.privateKey(config.key().orElse(cert)), chain);
      }
      return builder.build();
    } catch (PemException | IllegalArgumentException e) {
      throw new IOException("backend_tls: " + e.getMessage(), e);
    }
  }
}
