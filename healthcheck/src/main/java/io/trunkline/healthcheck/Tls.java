package io.trunkline.healthcheck;

import io.grpc.netty.GrpcSslContexts;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.trunkline.config.EtcdConfig;
import io.trunkline.config.PatroniConfig;
import io.trunkline.config.SentinelConfig;
import io.trunkline.config.Validity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Reads certificates and keys. Blocks. */
final class Tls {
  private Tls() {}

  /** For members' REST APIs. */
  static TlsState rest(PatroniConfig config) {
    return state(
        validities -> {
          SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
          trust(builder, config.cacert(), validities);
          present(builder, config.cert(), config.key(), validities);
          switch (config.verify()) {
            case FULL -> builder.endpointIdentificationAlgorithm("HTTPS");
            case CA -> builder.endpointIdentificationAlgorithm(null);
            case NONE ->
                builder
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .endpointIdentificationAlgorithm(null);
          }
          return builder;
        });
  }

  /** For sentinels' connections to PostgreSQL; empty when none is wanted. */
  static Optional<TlsState> sentinel(SentinelConfig.Tls config) {
    return switch (config.mode()) {
      case DISABLE -> Optional.empty();
      case PREFER, REQUIRE -> Optional.of(sentinel(config, false, null));
      case VERIFY_CA -> Optional.of(sentinel(config, true, null));
      case VERIFY_FULL -> Optional.of(sentinel(config, true, "HTTPS"));
    };
  }

  private static TlsState sentinel(
      SentinelConfig.Tls config, boolean verify, @Nullable String identification) {
    return state(
        validities -> {
          SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
          if (verify) {
            trust(builder, config.cacert(), validities);
          } else {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
          }
          present(builder, config.cert(), config.key(), validities);
          return builder.endpointIdentificationAlgorithm(identification);
        });
  }

  /** For etcd. */
  static TlsState etcd(EtcdConfig config) {
    return state(
        validities -> {
          SslContextBuilder builder =
              GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK);
          trust(builder, config.cacert(), validities);
          present(builder, config.cert(), config.key(), validities);
          return builder;
        });
  }

  /** For etcd, where it is asked by HTTP. */
  static TlsState etcdByHttp(EtcdConfig config) {
    return state(
        validities -> {
          SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
          trust(builder, config.cacert(), validities);
          present(builder, config.cert(), config.key(), validities);
          return builder;
        });
  }

  private interface Builder {
    /**
     * Reads the files.
     *
     * @param validities takes until when the certificates in them are valid
     */
    SslContextBuilder get(List<Validity> validities) throws IOException, GeneralSecurityException;
  }

  private static TlsState state(Builder builder) {
    try {
      List<Validity> validities = new ArrayList<>();
      SslContext context = builder.get(validities).build();
      warmUp(context);
      return new TlsState.Ready(context, List.copyOf(validities));
    } catch (NoSuchFileException e) {
      return new TlsState.Broken("TLS: no file " + e.getFile());
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      return new TlsState.Broken("TLS: " + Failures.describe(e));
    }
  }

  /** Writes a ClientHello to nobody: a process's first one takes long, and must not on a loop. */
  private static void warmUp(SslContext context) throws SSLException {
    SSLEngine engine = context.newEngine(UnpooledByteBufAllocator.DEFAULT, "localhost", 1);
    ByteBuffer nobody = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.beginHandshake();
    var _ = engine.wrap(ByteBuffer.allocate(0), nobody);
  }

  private static void trust(
      SslContextBuilder builder, Optional<Path> cacert, List<Validity> validities)
      throws IOException, GeneralSecurityException {
    if (cacert.isPresent()) {
      X509Certificate[] authorities = certificates(cacert.get());
      validities.add(Validity.ofAuthorities(cacert.get(), List.of(authorities)));
      builder.trustManager(authorities);
    }
  }

  private static void present(
      SslContextBuilder builder, Optional<Path> cert, Optional<Path> key, List<Validity> validities)
      throws IOException, GeneralSecurityException {
    if (cert.isPresent() && key.isPresent()) {
      X509Certificate[] chain = certificates(cert.get());
      validities.add(Validity.ofChain(cert.get(), List.of(chain)));
      builder.keyManager(PrivateKeys.read(key.get()), chain);
    }
  }

  private static X509Certificate[] certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      X509Certificate[] found =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toArray(X509Certificate[]::new);
      if (found.length == 0) {
        throw new GeneralSecurityException("no certificate in " + file);
      }
      return found;
    }
  }
}
