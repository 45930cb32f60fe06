package io.trunkline.healthcheck.common;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.trunkline.config.SslMode;
import io.trunkline.config.TlsFiles;
import io.trunkline.config.TlsMaterial;
import io.trunkline.config.TlsWatcher;
import io.trunkline.config.Validity;
import io.trunkline.routing.EventName;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * The certificates of one kind of connections, read again when their files change: new connections
 * use the new ones, those that are up stay.
 */
public final class ClientTls {
  private final String name;
  private final TlsWatcher watcher;
  private final Optional<Journal> journal;
  private volatile Optional<SslContext> context = Optional.empty();
  private volatile Optional<String> failure = Optional.of("TLS: certificates are not read yet");

  /**
   * @param name of the connections, for events
   * @param library prepares a context for the library that uses it
   * @param journal is told what becomes of new files; empty where somebody else tells it
   */
  public ClientTls(
      String name,
      SslMode mode,
      TlsFiles files,
      UnaryOperator<SslContextBuilder> library,
      Optional<Journal> journal) {
    this.name = name;
    this.watcher =
        new TlsWatcher(
            files,
            read -> {
              context = Optional.of(context(library, mode, read));
              failure = Optional.empty();
            });
    this.journal = journal;
  }

  /** For connections that Netty makes: to members' REST APIs and PostgreSQL. */
  public ClientTls(String name, SslMode mode, TlsFiles files, Optional<Journal> journal) {
    this(name, mode, files, builder -> builder.sslProvider(SslProvider.JDK), journal);
  }

  /** Empty only as long as there is a {@link #failure}. */
  public Optional<SslContext> context() {
    return context;
  }

  /** Why they cannot be used. */
  public Optional<String> failure() {
    return failure;
  }

  /** Until when the certificates are valid that are in use. */
  public List<Validity> validities() {
    return watcher.validities();
  }

  /**
   * Reads the files that do not hold what was read of them last; those that could not be used are
   * tried again each time. Blocks.
   *
   * @return whether anything has changed
   */
  public synchronized boolean refresh() {
    Optional<SslContext> before = context;
    Optional<String> failed = failure;
    switch (watcher.look()) {
      case TlsWatcher.News.None _ -> {}
      case TlsWatcher.News.Renewed _ -> tell(EventName.CERTIFICATES_RENEWED, "of", name);
      case TlsWatcher.News.Refused(String why, boolean inUse) -> {
        if (!inUse) {
          failure = Optional.of("TLS: " + why);
        }
        tell(EventName.CERTIFICATES_NOT_RENEWED, "of", name, "why", why);
      }
    }
    return !context.equals(before) || !failure.equals(failed);
  }

  private void tell(EventName event, Object... fields) {
    journal.ifPresent(it -> it.tell(event, fields));
  }

  private static SslContext context(
      UnaryOperator<SslContextBuilder> library, SslMode mode, TlsMaterial material)
      throws SSLException {
    SslContextBuilder builder = library.apply(SslContextBuilder.forClient());
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
