package io.trunkline.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * How members' Patroni REST APIs are asked.
 *
 * @param hosts base URLs of members, needed only where there is no etcd to learn them from
 * @param tls with https
 * @param verify how members' certificates are checked; default full
 * @param interval how often each member is asked; default 1 s, at least 100 ms
 * @param timeout the longest one answer may take from dial to last byte; default 2 s
 */
public record PatroniConfig(
    List<URI> hosts, TlsFiles tls, Verify verify, Duration interval, Duration timeout) {
  public PatroniConfig {
    hosts = List.copyOf(hosts);
  }

  /** How a server certificate is checked. */
  public enum Verify {
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
