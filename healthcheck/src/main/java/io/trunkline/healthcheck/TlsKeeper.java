package io.trunkline.healthcheck;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.EtcdConfig;
import io.trunkline.config.Fingerprints;
import io.trunkline.config.SentinelConfig;
import io.trunkline.config.Validity;
import io.trunkline.routing.Event.Severity;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The certificates of a cluster, read again when their files change: new connections use the new
 * ones, those that are up stay.
 */
final class TlsKeeper {
  private static final TlsState UNREAD = new TlsState.Broken("TLS: certificates are not read yet");

  private final Optional<Journal> journal;
  private final Part rest;
  private final Optional<Part> etcd;
  private final Optional<Part> sentinel;

  /**
   * @param journal is told what becomes of new files; empty where another keeper of the cluster
   *     tells it
   */
  TlsKeeper(ClusterConfig config, Optional<Journal> journal) {
    this.journal = journal;
    this.rest =
        new Part(
            "patroni",
            files(config.patroni().cacert(), config.patroni().cert(), config.patroni().key()),
            () -> Tls.rest(config.patroni()));
    this.etcd =
        config
            .etcd()
            .filter(wanted -> wanted.protocol() == EtcdConfig.Protocol.HTTPS)
            .map(
                wanted ->
                    new Part(
                        "etcd",
                        files(wanted.cacert(), wanted.cert(), wanted.key()),
                        () -> Tls.etcd(wanted)));
    this.sentinel =
        config
            .sentinel()
            .map(SentinelConfig::tls)
            .filter(wanted -> wanted.mode() != SentinelConfig.Mode.DISABLE)
            .map(
                wanted ->
                    new Part(
                        "sentinel",
                        files(wanted.cacert(), wanted.cert(), wanted.key()),
                        () -> Tls.sentinel(wanted).orElseThrow()));
  }

  private static List<Path> files(Optional<Path> ca, Optional<Path> cert, Optional<Path> key) {
    return Stream.of(ca, cert, key).flatMap(Optional::stream).toList();
  }

  /** For members' REST APIs. */
  TlsState rest() {
    return rest.state;
  }

  /** For etcd; empty when it is spoken to in the clear. */
  Optional<TlsState> etcd() {
    return etcd.map(part -> part.state);
  }

  /** For sentinels; empty when they want none. */
  Optional<TlsState> sentinel() {
    return sentinel.map(part -> part.state);
  }

  /** Until when the certificates are valid that are in use. */
  List<Validity> validities() {
    return Stream.concat(Stream.of(rest), Stream.concat(etcd.stream(), sentinel.stream()))
        .map(part -> part.state)
        .flatMap(
            state -> state instanceof TlsState.Ready ready ? ready.validities().stream() : null)
        .toList();
  }

  /**
   * Reads the files that do not hold what was read of them last; those that could not be used are
   * tried again each time. Blocks.
   *
   * @return whether anything has changed
   */
  synchronized boolean refresh() {
    boolean changed = rest.refresh();
    changed |= etcd.filter(Part::refresh).isPresent();
    changed |= sentinel.filter(Part::refresh).isPresent();
    return changed;
  }

  /** The files of one kind of connections. */
  private final class Part {
    private final String name;
    private final List<Path> files;
    private final Supplier<TlsState> read;
    private volatile TlsState state = UNREAD;
    private List<String> fingerprints = List.of();
    private boolean usable;
    private String told = "";

    Part(String name, List<Path> files, Supplier<TlsState> read) {
      this.name = name;
      this.files = files;
      this.read = read;
    }

    boolean refresh() {
      List<String> now = Fingerprints.of(files);
      if (usable && now.equals(fingerprints)) {
        return false;
      }
      TlsState before = state;
      TlsState fresh = read.get();
      switch (fresh) {
        case TlsState.Ready _ -> {
          if (before instanceof TlsState.Ready || !told.isEmpty()) {
            tell(Severity.INFO, "certificates_renewed", "of", name);
          }
          state = fresh;
          fingerprints = now;
          usable = true;
          told = "";
        }
        case TlsState.Broken broken -> {
          usable = false;
          if (!(before instanceof TlsState.Ready)) {
            state = fresh;
          }
          if (!broken.reason().equals(told)) {
            told = broken.reason();
            tell(
                Severity.ERROR,
                "certificates_not_renewed",
                "of",
                name,
                "why",
                before instanceof TlsState.Ready
                    ? told + "; what was read before stays in use"
                    : told);
          }
        }
      }
      return !state.equals(before);
    }

    private void tell(Severity severity, String event, Object... fields) {
      journal.ifPresent(it -> it.tell(severity, event, fields));
    }
  }
}
