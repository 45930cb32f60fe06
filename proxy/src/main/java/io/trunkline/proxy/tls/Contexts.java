package io.trunkline.proxy.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A TLS context that follows its files: connections that are opened after a change use the new
 * ones, those that are up stay as they are.
 */
abstract class Contexts {
  private final List<Path> files;
  private volatile @Nullable SslContext current;
  private @Nullable SslContext retired;
  private List<Instant> stamps = List.of();

  Contexts(List<Path> files) {
    this.files = List.copyOf(files);
  }

  /** Reads the files. Blocks. */
  abstract SslContext build() throws IOException;

  final SslContext current() {
    SslContext loaded = current;
    if (loaded == null) {
      throw new IllegalStateException("certificates are used before they are read");
    }
    return loaded;
  }

  /**
   * Reads the files, unless none of them has changed since. Blocks.
   *
   * @return whether there is something new
   * @throws IOException naming the file and what is wrong with it; what was read before stays in
   *     use
   */
  final synchronized boolean refresh() throws IOException {
    List<Instant> now = stamps();
    if (current != null && now.equals(stamps)) {
      return false;
    }
    stamps = now;
    SslContext fresh = build();
    // Somebody may be about to use what is current: only what was current before that is freed.
    ReferenceCountUtil.release(retired);
    retired = current;
    current = fresh;
    return true;
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

  private List<Instant> stamps() {
    return files.stream().map(Contexts::stamp).toList();
  }

  private static Instant stamp(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      return Instant.EPOCH;
    }
  }
}
