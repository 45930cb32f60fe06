package io.trunkline.importer.common;

import java.util.Optional;

/**
 * How a REST API of Patroni is to be asked.
 *
 * @param known whether a file says it; otherwise HTTP or HTTPS, nobody knows
 * @param https whether it is asked over TLS
 * @param verify {@code full}, {@code ca} or {@code none}
 */
public record RestTls(
    boolean known,
    boolean https,
    String verify,
    Optional<String> cacert,
    Optional<String> cert,
    Optional<String> key) {
  public static final RestTls UNKNOWN = plain(false);
  public static final RestTls HTTP = plain(true);

  private static RestTls plain(boolean known) {
    return new RestTls(known, false, "full", Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The keys of {@code clusters[].patroni}. */
  public void write(YamlBlock patroni) {
    if (!https) {
      return;
    }
    cacert.ifPresent(path -> patroni.put("cacert", path));
    cert.ifPresent(path -> patroni.put("cert", path));
    key.filter(path -> cert.isPresent()).ifPresent(path -> patroni.put("key", path));
    if (!verify.equals("full")) {
      patroni.put("verify", verify);
    }
  }
}
