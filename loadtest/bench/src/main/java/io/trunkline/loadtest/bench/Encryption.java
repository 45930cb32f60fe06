package io.trunkline.loadtest.bench;

import java.util.List;
import java.util.Map;

/** How clients ask for TLS. */
enum Encryption {
  NONE("disable", "none"),
  /** With an SSLRequest, as PostgreSQL's clients do. */
  REQUEST("require", "request"),
  /** At once: what a proxy that does not know PostgreSQL can terminate. */
  DIRECT("require", "direct");

  private final String sslmode;
  private final String word;

  Encryption(String sslmode, String word) {
    this.sslmode = sslmode;
    this.word = word;
  }

  /** What libpq is told. */
  Map<String, String> environment() {
    return Map.of("PGSSLMODE", sslmode, "PGGSSENCMODE", "disable");
  }

  /** What our own clients are told. */
  List<String> peerOptions() {
    return List.of("-s", word);
  }
}
