package io.trunkline.loadtest.lab;

import java.util.List;

/**
 * Names and addresses that every configuration file of a lab shares.
 *
 * @param proxies the addresses of the nodes that run Trunkline
 */
record ClusterLayout(boolean tls, List<EtcdHost> etcd, List<String> proxies) {
  static final String SCOPE = "lab";
  static final String NAMESPACE = "/service/";
  static final String PREFIX = NAMESPACE + SCOPE + "/";
  static final String SUPERUSER = "postgres";
  static final String SUPERUSER_PASSWORD = "lab-superuser";

  /** A database node that runs etcd. */
  record EtcdHost(String name, String address) {}

  String scheme() {
    return tls ? "https" : "http";
  }

  /** {@code [10.77.0.11:2379, ...]}, as Patroni and Trunkline write it. */
  String etcdHosts() {
    return etcd.stream().map(h -> h.address() + ":" + EtcdClient.PORT).toList().toString();
  }

  List<String> etcdAddresses() {
    return etcd.stream().map(EtcdHost::address).toList();
  }
}
