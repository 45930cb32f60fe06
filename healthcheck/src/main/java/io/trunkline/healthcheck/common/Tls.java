package io.trunkline.healthcheck.common;

import io.grpc.netty.GrpcSslContexts;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.trunkline.config.SslMode;
import io.trunkline.config.TlsMaterial;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** The client side of TLS with members and etcd. */
public final class Tls {
  private Tls() {}

  /** For members' REST APIs, and sentinels' connections to PostgreSQL. */
  public static SslContext member(SslMode mode, TlsMaterial material) throws SSLException {
    SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
    return context(builder, mode, material);
  }

  /** For etcd. */
  static SslContext etcd(TlsMaterial material) throws SSLException {
    SslContextBuilder builder =
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK);
    return context(builder, SslMode.VERIFY_FULL, material);
  }

  private static SslContext context(SslContextBuilder builder, SslMode mode, TlsMaterial material)
      throws SSLException {
    builder.endpointIdentificationAlgorithm(mode.endpointIdentification().orElse(null));
    if (!mode.verifies()) {
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
    } else if (!material.trust().isEmpty()) {
      builder.trustManager(material.trust());
    }
    material.key().ifPresent(key -> builder.keyManager(key, material.chain()));
    SslContext context = builder.build();
    warmUp(context);
    return context;
  }

  /** Writes a ClientHello to nobody: a process's first one takes long, and must not on a loop. */
  private static void warmUp(SslContext context) throws SSLException {
    SSLEngine engine = context.newEngine(UnpooledByteBufAllocator.DEFAULT, "localhost", 1);
    ByteBuffer nobody = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.beginHandshake();
    var _ = engine.wrap(ByteBuffer.allocate(0), nobody);
  }
}
