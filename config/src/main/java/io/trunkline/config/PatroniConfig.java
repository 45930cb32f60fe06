package io.trunkline.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * How members' Patroni REST APIs are asked.
 *
 * @param hosts base URLs
 * @param tls with https
 */
public record PatroniConfig(
    List<URI> hosts, TlsFiles tls, Verify verify, Duration interval, Duration timeout) {
  public PatroniConfig {
    hosts = List.copyOf(hosts);
  }

  /** How a server certificate is checked. */
  public enum Verify implements Labelled {
    /** The chain and the host name. */
    FULL,
    /** The chain only. */
    CA,
    /** Nothing. */
    NONE;

    /** The same for a connection to PostgreSQL. */
    public SslMode sslMode() {
      return switch (this) {
        case FULL -> SslMode.VERIFY_FULL;
        case CA -> SslMode.VERIFY_CA;
        case NONE -> SslMode.REQUIRE;
      };
    }
  }
}
