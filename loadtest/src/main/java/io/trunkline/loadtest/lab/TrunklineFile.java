package io.trunkline.loadtest.lab;

/** {@code trunkline.yaml}: the smallest useful file, with the admin port open to the test JVM. */
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
    """
        .formatted(
            node,
            ClusterLayout.SCOPE,
            ClusterLayout.NAMESPACE,
            layout.etcdHosts(),
            layout.tls() ? TLS : "",
            more);
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
