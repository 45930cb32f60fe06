package io.trunkline.config;

import java.util.List;
import java.util.Optional;

/**
 * How etcd is reached: the keys of Patroni's {@code etcd3} section.
 *
 * @param tls with https
 * @param username only together with {@code password}
 */
public record EtcdConfig(
    List<HostPort> hosts,
    Protocol protocol,
    TlsFiles tls,
    Optional<String> username,
    Optional<Secret> password) {
  public EtcdConfig {
    hosts = List.copyOf(hosts);
  }

  /** The URL scheme. */
  public enum Protocol implements Labelled {
    HTTP,
    HTTPS
  }
}
