package io.trunkline.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How members' Patroni REST APIs are asked.
 *
 * @param hosts base URLs of members, needed only where there is no etcd to learn them from
 * @param cacert the authorities that may have signed the members' certificates; default: the
 *     system's
 * @param cert a client certificate chain, PEM; only together with {@code key}
 * @param key the client's private key, PEM
 * @param verify how members' certificates are checked; default full
 * @param interval how often each member is asked; default 1 s, at least 100 ms
 * @param timeout the longest one answer may take from dial to last byte; default 2 s
 */
public record PatroniConfig(
    List<URI> hosts,
    Optional<Path> cacert,
    Optional<Path> cert,
    Optional<Path> key,
    Verify verify,
    Duration interval,
    Duration timeout) {
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
    NONE
  }
}
