package io.trunkline.proxy.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.trunkline.config.TlsFiles;
import io.trunkline.config.TlsMaterial;
import io.trunkline.config.TlsWatcher;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A TLS context that follows its files: connections that are opened after a change use the new
 * ones, those that are up stay as they are.
 */
abstract class Contexts {
  private final TlsWatcher watcher;
  private volatile @Nullable SslContext current;
  private @Nullable SslContext retired;
  private final AtomicInteger users = new AtomicInteger();

  Contexts(TlsFiles files) {
    this.watcher = new TlsWatcher(files, this::renew);
  }

  /** All but what is the same for both sides. */
  abstract SslContextBuilder builder(TlsMaterial material);

  /** Follows the files. */
  final TlsWatcher watcher() {
    return watcher;
  }

  final SslContext current() {
    SslContext loaded = current;
    if (loaded == null) {
      throw new IllegalStateException("certificates are used before they are read");
    }
    return loaded;
  }

  private synchronized void renew(TlsMaterial material) throws SSLException {
    SslContext fresh =
        builder(material)
            .sslProvider(provider(material))
            .applicationProtocolConfig(Alpn.CONFIG)
            .build();
    // Somebody may be about to use what is current: only what was current before that is freed.
    ReferenceCountUtil.release(retired);
    retired = current;
    current = fresh;
  }

  /** The certificate of a chain that says who has it. */
  static Optional<X509Certificate> first(Certificate @Nullable [] chain) {
    return chain != null && chain.length > 0 && chain[0] instanceof X509Certificate certificate
        ? Optional.of(certificate)
        : Optional.empty();
  }

  /** Somebody may use it from now on; any thread. */
  public final void enter() {
    users.incrementAndGet();
  }

  /** One of them will not any more. */
  public final void leave() {
    users.decrementAndGet();
  }

  final boolean inUse() {
    return users.get() > 0;
  }

  /** Frees what is not the JDK's; nothing may be opened any more. */
  final synchronized void close() {
    ReferenceCountUtil.release(retired);
    ReferenceCountUtil.release(current);
    retired = null;
    current = null;
  }

  /**
   * BoringSSL where its library can be loaded and Netty lets it use the key, else the JDK's own.
   */
  private static SslProvider provider(TlsMaterial material) {
    boolean edDsa = material.key().filter(key -> key.getAlgorithm().equals("EdDSA")).isPresent();
    return OpenSsl.isAvailable() && !edDsa ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
  }
}
