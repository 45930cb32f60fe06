package io.trunkline.daemon.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.trunkline.config.Validity;
import io.trunkline.daemon.status.NodeFacts;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Until when the certificates are valid that are in use, whatever their files hold by now. */
final class CertificateMeters {
  private final NodeFacts node;
  private final Rows expiry;

  /** A file, and what it is for. */
  private record Use(Path file, boolean authorities) {
    String label() {
      return authorities ? "authorities" : "certificate";
    }
  }

  CertificateMeters(MeterRegistry registry, NodeFacts node) {
    this.node = node;
    this.expiry =
        new Rows(
            registry,
            "trunkline.tls.certificate.expiry.timestamp.seconds",
            "Time at which the certificate in use expires, in Unix time; use: certificate (the"
                + " first of its chain to expire), authorities (the last to expire)");
  }

  void refresh() {
    Map<Use, Instant> ends = new HashMap<>();
    for (Validity each : node.validities().get()) {
      ends.merge(
          new Use(each.file(), each.authorities()),
          each.until(),
          (one, other) -> one.isBefore(other) ? one : other);
    }
    ends.forEach(
        (use, until) ->
            expiry.add(until.getEpochSecond(), "file", use.file().toString(), "use", use.label()));
    expiry.publish();
  }
}
