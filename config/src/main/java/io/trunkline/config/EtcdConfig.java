package io.trunkline.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How etcd is reached: the keys of Patroni's {@code etcd3} section.
 *
 * @param hosts at least one endpoint; all are tried in turn
 * @param protocol http or https; default http
 * @param cacert the authorities that may have signed etcd's certificate; default: the system's
 * @param cert the client certificate chain, PEM; only together with {@code key}
 * @param key the client's private key, PEM
 * @param username only together with {@code password}
 * @param password etcd's password for {@code username}
 */
public record EtcdConfig(
    List<HostPort> hosts,
    Protocol protocol,
    Optional<Path> cacert,
    Optional<Path> cert,
    Optional<Path> key,
    Optional<String> username,
    Optional<Secret> password) {
  public EtcdConfig {
    hosts = List.copyOf(hosts);
  }

  /** The URL scheme. */
  public enum Protocol {
    HTTP,
    HTTPS
  }
}
