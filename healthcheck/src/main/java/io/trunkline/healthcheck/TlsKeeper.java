package io.trunkline.healthcheck;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.EtcdConfig;
import io.trunkline.config.SentinelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The certificates of a cluster, read again when their files change: new connections use the new
 * ones, those that are up stay.
 */
final class TlsKeeper {
  private final ClusterConfig config;
  private final List<Path> files;
  private volatile TlsState rest = new TlsState.Broken("TLS: certificates are not read yet");
  private volatile Optional<TlsState> etcd = Optional.empty();
  private volatile Optional<TlsState> sentinel =
      Optional.of(new TlsState.Broken("TLS: certificates are not read yet"));
  private List<Instant> stamps = List.of();

  TlsKeeper(ClusterConfig config) {
    this.config = config;
    this.files =
        Stream.concat(
                Stream.of(
                    config.patroni().cacert(), config.patroni().cert(), config.patroni().key()),
                Stream.concat(
                    config.etcd().stream()
                        .flatMap(wanted -> Stream.of(wanted.cacert(), wanted.cert(), wanted.key())),
                    config.sentinel().stream()
                        .map(SentinelConfig::tls)
                        .flatMap(tls -> Stream.of(tls.cacert(), tls.cert(), tls.key()))))
            .flatMap(Optional::stream)
            .toList();
  }

  /** For members' REST APIs. */
  TlsState rest() {
    return rest;
  }

  /** For etcd; empty when it is spoken to in the clear. */
  Optional<TlsState> etcd() {
    return etcd;
  }

  /** For sentinels; empty when they want none. */
  Optional<TlsState> sentinel() {
    return sentinel;
  }

  /**
   * Reads the files, unless nothing has changed since they were last read. Blocks.
   *
   * @return whether anything was read
   */
  synchronized boolean refresh() {
    List<Instant> now = files.stream().map(TlsKeeper::stamp).toList();
    if (now.equals(stamps) && rest instanceof TlsState.Ready) {
      return false;
    }
    stamps = now;
    rest = better(rest, Tls.rest(config.patroni()));
    sentinel =
        config
            .sentinel()
            .map(SentinelConfig::tls)
            .flatMap(Tls::sentinel)
            .map(fresh -> sentinel.map(old -> better(old, fresh)).orElse(fresh));
    etcd =
        config
            .etcd()
            .filter(wanted -> wanted.protocol() == EtcdConfig.Protocol.HTTPS)
            .map(wanted -> etcd.map(old -> better(old, Tls.etcd(wanted))).orElse(Tls.etcd(wanted)));
    return true;
  }

  /** Half-written files do not cost what works. */
  private static TlsState better(TlsState old, TlsState fresh) {
    return fresh instanceof TlsState.Broken && old instanceof TlsState.Ready ? old : fresh;
  }

  private static Instant stamp(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      return Instant.EPOCH;
    }
  }
}
