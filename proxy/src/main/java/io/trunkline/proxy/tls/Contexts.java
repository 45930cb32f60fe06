package io.trunkline.proxy.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.trunkline.config.Fingerprints;
import io.trunkline.config.Validity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A TLS context that follows its files: connections that are opened after a change use the new
 * ones, those that are up stay as they are.
 */
abstract class Contexts {
  private final List<Path> files;
  private volatile @Nullable SslContext current;
  private @Nullable SslContext retired;
  private List<String> fingerprints = List.of();
  private volatile List<Validity> validities = List.of();
  private final AtomicInteger users = new AtomicInteger();

  Contexts(List<Path> files) {
    this.files = List.copyOf(files);
  }

  /**
   * Reads the files. Blocks.
   *
   * @param validities takes until when the certificates in them are valid
   */
  abstract SslContext build(List<Validity> validities) throws IOException;

  /** Until when the certificates are valid that are in use. */
  final List<Validity> validities() {
    return validities;
  }

  final SslContext current() {
    SslContext loaded = current;
    if (loaded == null) {
      throw new IllegalStateException("certificates are used before they are read");
    }
    return loaded;
  }

  /**
   * Reads the files, unless they hold what was read of them last. What could not be used is tried
   * again each time. Blocks.
   *
   * @return whether there is something new
   * @throws IOException naming the file and what is wrong with it; what was read before stays in
   *     use
   */
  final synchronized boolean refresh() throws IOException {
    List<String> now = Fingerprints.of(files);
    if (current != null && now.equals(fingerprints)) {
      return false;
    }
    List<Validity> read = new ArrayList<>();
    SslContext fresh = build(read);
    fingerprints = now;
    validities = List.copyOf(read);
    // Somebody may be about to use what is current: only what was current before that is freed.
    ReferenceCountUtil.release(retired);
    retired = current;
    current = fresh;
    return true;
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

  /** BoringSSL where its library can be loaded, the JDK's own otherwise. */
  static SslProvider provider() {
    return OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
  }
}
