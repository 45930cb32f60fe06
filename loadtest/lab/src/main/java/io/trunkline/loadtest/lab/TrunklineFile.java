package io.trunkline.loadtest.lab;

/**
 * {@code trunkline.yaml}: the smallest useful file, with the admin port open to the test JVM, and
 * without a warm-up where it is not asked for: all nodes of a lab share one machine.
 */
final class TrunklineFile {
  private TrunklineFile() {}

  static String render(ClusterLayout layout, String node, String more) {
    return """
    node: %s
    clusters:
      - scope: %s
        namespace: %s
        etcd:
          hosts: %s
    %s
    admin: {bind: "0.0.0.0:7000"}
    %s\
    %s\
    """
        .formatted(
            node,
            ClusterLayout.SCOPE,
            ClusterLayout.NAMESPACE,
            layout.etcdHosts(),
            layout.tls() ? TLS : "",
            more.contains("warm_up:") ? "" : "warm_up: 0s\n",
            more);
  }

  /** On a database node: what vip-manager does, with its trigger key and value by default. */
  static String follower(ClusterLayout layout, String member, String address) {
    return render(
        layout,
        member,
        """
        listeners: []
        vips:
          - {name: primary, interface: eth0, addresses: [%s/24], mode: leader}
        """
            .formatted(address));
  }

  private static final String TLS =
      """
            protocol: https
            cacert: /lab/certs/ca.crt
            cert: /lab/certs/node.crt
            key: /lab/certs/node.key
          patroni: {cacert: /lab/certs/ca.crt, verify: full}\
      """;
}
