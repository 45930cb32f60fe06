package io.trunkline.proxy.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.trunkline.config.HostPort;
import io.trunkline.config.PostgresTls;
import io.trunkline.config.SslMode;
import io.trunkline.config.TlsMaterial;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;

/** The client side of TLS with members. */
public final class BackendTls extends Contexts {
  private final SslMode mode;

  /**
   * @param config of a mode other than disable
   */
  BackendTls(PostgresTls config) {
    super(config.files());
    this.mode = config.mode();
  }

  /** What a member's bytes have to pass from now on; the host is what its certificate must name. */
  public SslHandler handler(ByteBufAllocator allocator, HostPort member) {
    return current().newHandler(allocator, member.host(), member.port());
  }

  /** The certificate that the member at the other end has shown; empty without TLS. */
  public static Optional<X509Certificate> certificate(Channel member) {
    SslHandler handler = member.pipeline().get(SslHandler.class);
    try {
      return handler == null
          ? Optional.empty()
          : first(handler.engine().getSession().getPeerCertificates());
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  @Override
  SslContextBuilder builder(TlsMaterial material) {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .endpointIdentificationAlgorithm(mode.endpointIdentification().orElse(null));
    if (!mode.verifies()) {
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
    } else if (!material.trust().isEmpty()) {
      builder.trustManager(material.trust());
    }
    material.key().ifPresent(key -> builder.keyManager(key, material.chain()));
    return builder;
  }
}
