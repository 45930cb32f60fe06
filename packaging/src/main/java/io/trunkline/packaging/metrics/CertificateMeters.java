package io.trunkline.packaging.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.trunkline.config.ClusterConfig;
import io.trunkline.config.ListenerConfig;
import io.trunkline.config.Pem;
import io.trunkline.config.PemException;
import io.trunkline.config.SentinelConfig;
import io.trunkline.packaging.status.NodeFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Until when the files of the configuration are valid that hold certificates. A chain is valid as
 * long as all of it is; a file of authorities as long as one of them is, as {@code check} has it. A
 * file that cannot be read any more keeps what was read of it last.
 */
final class CertificateMeters {
  private final NodeFacts node;
  private final Rows expiry;
  private final Map<Use, Known> known = new HashMap<>();

  /** A file, and what it is for. */
  private record Use(Path file, boolean authorities) {
    String label() {
      return authorities ? "authorities" : "certificate";
    }
  }

  /** What was read at its last change. */
  private record Known(FileTime changed, Instant until) {}

  CertificateMeters(MeterRegistry registry, NodeFacts node) {
    this.node = node;
    this.expiry =
        new Rows(
            registry,
            "trunkline.tls.certificate.expiry.timestamp.seconds",
            "Until when that file is valid: with use \"certificate\" the first of its chain to"
                + " expire, with use \"authorities\" the last");
  }

  void refresh() {
    uses()
        .distinct()
        .forEach(
            use ->
                until(use)
                    .ifPresent(
                        until ->
                            expiry.add(
                                until.getEpochSecond(),
                                "file",
                                use.file().toString(),
                                "use",
                                use.label())));
    expiry.publish();
  }

  private Stream<Use> uses() {
    return Stream.concat(
        node.config().clusters().stream().flatMap(CertificateMeters::uses),
        node.config().listeners().stream().flatMap(CertificateMeters::uses));
  }

  private static Stream<Use> uses(ListenerConfig listener) {
    return Stream.of(
            certificate(listener.tls().cert()),
            authorities(listener.tls().clientCa()),
            certificate(listener.backendTls().cert()),
            authorities(listener.backendTls().cacert()))
        .flatMap(Optional::stream);
  }

  private static Stream<Use> uses(ClusterConfig cluster) {
    Optional<SentinelConfig.Tls> sentinel = cluster.sentinel().map(SentinelConfig::tls);
    return Stream.of(
            cluster.etcd().flatMap(etcd -> certificate(etcd.cert())),
            cluster.etcd().flatMap(etcd -> authorities(etcd.cacert())),
            certificate(cluster.patroni().cert()),
            authorities(cluster.patroni().cacert()),
            sentinel.flatMap(tls -> certificate(tls.cert())),
            sentinel.flatMap(tls -> authorities(tls.cacert())))
        .flatMap(Optional::stream);
  }

  private static Optional<Use> certificate(Optional<Path> file) {
    return file.map(path -> new Use(path, false));
  }

  private static Optional<Use> authorities(Optional<Path> file) {
    return file.map(path -> new Use(path, true));
  }

  private Optional<Instant> until(Use use) {
    Known before = known.get(use);
    try {
      FileTime changed = Files.getLastModifiedTime(use.file());
      if (before == null || !before.changed().equals(changed)) {
        known.put(use, new Known(changed, read(use)));
      }
    } catch (IOException | PemException e) {
      // What was read last still serves; certificates_not_renewed tells why there is no newer one.
    }
    return Optional.ofNullable(known.get(use)).map(Known::until);
  }

  private static Instant read(Use use) throws PemException {
    List<X509Certificate> found = Pem.certificates(use.file());
    Stream<Instant> ends = found.stream().map(each -> each.getNotAfter().toInstant());
    Comparator<Instant> order = Comparator.naturalOrder();
    return (use.authorities() ? ends.max(order) : ends.min(order)).orElseThrow();
  }
}
