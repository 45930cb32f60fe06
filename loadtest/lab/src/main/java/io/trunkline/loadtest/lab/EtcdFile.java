package io.trunkline.loadtest.lab;

import java.util.stream.Collectors;

/** A member's {@code etcd.yml}. */
final class EtcdFile {
  private EtcdFile() {}

  static String render(ClusterLayout layout, String name, String address) {
    String scheme = layout.scheme();
    String cluster =
        layout.etcd().stream()
            .map(h -> "%s=%s://%s:2380".formatted(h.name(), scheme, h.address()))
            .collect(Collectors.joining(","));
    String plain =
        """
        name: %1$s
        data-dir: /lab/data/etcd
        listen-client-urls: %3$s://0.0.0.0:2379
        advertise-client-urls: %3$s://%2$s:2379
        listen-peer-urls: %3$s://0.0.0.0:2380
        initial-advertise-peer-urls: %3$s://%2$s:2380
        initial-cluster: %4$s
        initial-cluster-state: new
        initial-cluster-token: trunkline-lab
        logger: zap
        # As in etcd 3.5 and later: without it a member that comes back forces an election, and a
        # short retry_timeout makes Patroni demote the primary meanwhile.
        pre-vote: true
        # Off by default when etcd reads a file, and Patroni speaks to nothing else.
        enable-grpc-gateway: true
        """
            .formatted(name, address, scheme, cluster);
    return layout.tls() ? plain + TRANSPORT_SECURITY : plain;
  }

  private static final String TRANSPORT_SECURITY =
      """
      client-transport-security: &tls
        cert-file: /lab/certs/node.crt
        key-file: /lab/certs/node.key
        trusted-ca-file: /lab/certs/ca.crt
        client-cert-auth: true
      peer-transport-security: *tls
      """;
}
