package io.trunkline.healthcheck.common;

import io.netty.handler.ssl.SslContext;
import io.trunkline.config.ClusterConfig;
import io.trunkline.config.EtcdConfig;
import io.trunkline.config.SentinelConfig;
import io.trunkline.config.SslMode;
import io.trunkline.config.TlsFiles;
import io.trunkline.config.TlsMaterial;
import io.trunkline.config.TlsWatcher;
import io.trunkline.config.Validity;
import io.trunkline.routing.Event.Severity;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/**
 * The certificates of a cluster, read again when their files change: new connections use the new
 * ones, those that are up stay.
 */
public final class TlsKeeper {
  private static final TlsState UNREAD = new TlsState.Broken("TLS: certificates are not read yet");

  private final Optional<Journal> journal;
  private final Part rest;
  private final Optional<Part> etcd;
  private final Optional<Part> sentinel;

  /**
   * @param journal is told what becomes of new files; empty where another keeper of the cluster
   *     tells it
   */
  public TlsKeeper(ClusterConfig config, Optional<Journal> journal) {
    this.journal = journal;
    SslMode mode = config.patroni().verify().sslMode();
    this.rest = new Part("patroni", config.patroni().tls(), read -> Tls.member(mode, read));
    this.etcd =
        config
            .etcd()
            .filter(wanted -> wanted.protocol() == EtcdConfig.Protocol.HTTPS)
            .map(wanted -> new Part("etcd", wanted.tls(), Tls::etcd));
    this.sentinel =
        config
            .sentinel()
            .map(SentinelConfig::tls)
            .filter(wanted -> wanted.mode() != SslMode.DISABLE)
            .map(
                wanted ->
                    new Part("sentinel", wanted.files(), read -> Tls.member(wanted.mode(), read)));
  }

  /** For members' REST APIs. */
  public TlsState rest() {
    return rest.state;
  }

  /** For etcd; empty when it is spoken to in the clear. */
  public Optional<TlsState> etcd() {
    return etcd.map(part -> part.state);
  }

  /** For sentinels; empty when they want none. */
  public Optional<TlsState> sentinel() {
    return sentinel.map(part -> part.state);
  }

  /** Until when the certificates are valid that are in use. */
  public List<Validity> validities() {
    return Stream.concat(Stream.of(rest), Stream.concat(etcd.stream(), sentinel.stream()))
        .flatMap(part -> part.watcher.validities().stream())
        .toList();
  }

  /**
   * Reads the files that do not hold what was read of them last; those that could not be used are
   * tried again each time. Blocks.
   *
   * @return whether anything has changed
   */
  public synchronized boolean refresh() {
    boolean changed = rest.refresh();
    changed |= etcd.filter(Part::refresh).isPresent();
    changed |= sentinel.filter(Part::refresh).isPresent();
    return changed;
  }

  private interface Making {
    SslContext context(TlsMaterial read) throws SSLException;
  }

  /** The files of one kind of connections. */
  private final class Part {
    private final String name;
    private final TlsWatcher watcher;
    private volatile TlsState state = UNREAD;

    Part(String name, TlsFiles files, Making making) {
      this.name = name;
      this.watcher =
          new TlsWatcher(files, read -> state = new TlsState.Ready(making.context(read)));
    }

    public boolean refresh() {
      TlsState before = state;
      switch (watcher.look()) {
        case TlsWatcher.News.None _ -> {}
        case TlsWatcher.News.Renewed _ -> tell(Severity.INFO, "certificates_renewed", "of", name);
        case TlsWatcher.News.Refused(String why, boolean inUse) -> {
          if (!inUse) {
            state = new TlsState.Broken("TLS: " + why);
          }
          tell(Severity.ERROR, "certificates_not_renewed", "of", name, "why", why);
        }
      }
      return !state.equals(before);
    }

    private void tell(Severity severity, String event, Object... fields) {
      journal.ifPresent(it -> it.tell(severity, event, fields));
    }
  }
}
