package io.trunkline.loadtest.clients;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The listeners of the proxies, one for each way in which clients come. */
enum Encryption {
  PASSTHROUGH("TLS passed through", 6001, true, "keep_sessions: off"),
  TERMINATED(
      "TLS ended by Trunkline",
      6002,
      true,
      "tls: {mode: terminate, cert: /lab/certs/node.crt, key: /lab/certs/node.key, require: true},"
          + " keep_sessions: off"),
  PLAINTEXT("plaintext", 6003, false, "keep_sessions: off"),
  /** Its proxies log in for their clients; see {@link ClientsLab#furnish}. */
  KEPT("plaintext, sessions kept", 6004, false, "keep_sessions: always");

  private final String title;
  private final int port;
  private final boolean tls;
  private final String keys;

  Encryption(String title, int port, boolean tls, String keys) {
    this.title = title;
    this.port = port;
    this.tls = tls;
    this.keys = keys;
  }

  String title() {
    return title;
  }

  int port() {
    return port;
  }

  /** libpq's {@code sslmode}. */
  String sslmode() {
    return tls ? "require" : "disable";
  }

  /**
   * The section {@code listeners} of {@code trunkline.yaml}, without {@link #KEPT}; members are
   * dialled in plaintext.
   */
  static String listeners() {
    return Arrays.stream(values())
        .filter(each -> each != KEPT)
        .map(Encryption::listener)
        .collect(Collectors.joining("", "listeners:\n", ""));
  }

  /** An item of that section. */
  String listener() {
    return "  - {name: %s, bind: \"0.0.0.0:%d\", route: primary%s}\n"
        .formatted(
            name().toLowerCase(java.util.Locale.ROOT), port, keys.isEmpty() ? "" : ", " + keys);
  }
}
