package io.trunkline.config;

import static io.trunkline.config.Loading.rejects;
import static io.trunkline.config.Loading.withCluster;

import org.junit.jupiter.api.Test;

class RootRejectionsTest {

  @Test
  void no_cluster() {
    rejects(
        "node: a\n",
        "1:1: clusters: is missing; write clusters: [{scope: NAME, etcd: {hosts: [HOST:2379]}}]");
    rejects("clusters: []\n", "1:11: clusters: is empty; at least one cluster is needed");
    rejects(
        "clusters:\n", "1:10: clusters: has no value; give a list (- name: …), or remove the key");
    rejects("clusters: main\n", "1:11: clusters: must be a list (- name: …), not text");
    rejects(
        "clusters: [main]\n",
        "1:12: clusters[0]: must be a mapping (name, scope, namespace, …), not text");
  }

  @Test
  void unknown_keys() {
    rejects(withCluster("lsteners: []\n"), "2:1: lsteners: unknown key; did you mean listeners?");
    rejects(
        withCluster("drain-timeout: 5s\n"),
        "2:1: drain-timeout: unknown key; did you mean drain_timeout?");
    rejects(withCluster("scope: x\n"), "2:1: scope: unknown key; it belongs in clusters[]");
    rejects(withCluster("zzz: x\n"), "2:1: zzz: unknown key");
    rejects(withCluster("'a b\\n': x\n"), "2:1: \"a b\\n\": unknown key");
  }

  @Test
  void keys_set_twice() {
    rejects(
        withCluster("node: a\nlog: {level: info, level: warn}\nnode: b\n"),
        "3:20: log.level: is already set on line 3",
        "4:1: node: is already set on line 2");
  }

  @Test
  void single_values() {
    rejects(
        withCluster(
            """
            node: "a b"
            log: {level: inf, format: [json]}
            drain_timeout: 30
            state_dir: ""
            threads: 0
            """),
        "2:7: node: \"a b\" cannot be a name;"
            + " use up to 63 letters, digits, dots, dashes and underscores",
        "3:14: log.level: \"inf\" is not one of debug, info, warn, error; did you mean info?",
        "3:27: log.format: must be a single value, not a list",
        "4:16: drain_timeout: \"30\" has no unit; write 30s for seconds or 30ms for milliseconds",
        "5:12: state_dir: has no value; give one, or remove the key",
        "6:10: threads: \"0\" is not between 1 and 256");
  }

  @Test
  void admin() {
    rejects(
        withCluster("admin: {bind: 7000, socket: /" + "x".repeat(107) + "}\n"),
        "2:15: admin.bind: \"7000\" has no address; write 0.0.0.0:7000",
        "2:29: admin.socket: is longer than the 107 bytes of a Unix socket's path");
  }

  @Test
  void names_of_the_admin_endpoint() {
    rejects(
        withCluster(
            "admin: {allowed_hosts: ['a:7000', 'http://a', '*.b', '[::1]', 10.0.0.5, c.]}\n"),
        "2:25: admin.allowed_hosts[0]: \"a:7000\" is not a host name; write each name in full,"
            + " without a port, as in proxy-01.example.org",
        "2:35: admin.allowed_hosts[1]: \"http://a\" is not a host name; write each name in full,"
            + " without a port, as in proxy-01.example.org",
        "2:47: admin.allowed_hosts[2]: \"*.b\" is not a host name; write each name in full,"
            + " without a port, as in proxy-01.example.org",
        "2:54: admin.allowed_hosts[3]: \"[::1]\" is not a host name; write each name in full,"
            + " without a port, as in proxy-01.example.org");
  }

  @Test
  void several_clusters_need_listeners() {
    rejects(
        """
        clusters:
          - {scope: a, etcd: {hosts: [x:1]}}
          - {scope: b, etcd: {hosts: [x:1]}}
          - {scope: c, name: a, etcd: {hosts: [x:1]}}
        """,
        "1:1: listeners: is missing; with several clusters each needs listeners of its own",
        "4:22: clusters[2].name: cluster \"a\" is already defined on line 2; names must differ");
  }

  @Test
  void listeners_may_be_missing_only_where_addresses_follow_the_leader() {
    rejects(
        withCluster("listeners: []\n"),
        "2:12: listeners: is empty; name at least one, or remove the key to get the default ones"
            + " (only a node whose VIPs are all of mode: leader may have none)");

    Loading.valid(
        withCluster(
            """
            listeners: []
            vips: [{name: a, interface: lo, addresses: [10.0.0.1/24], mode: leader}]
            """));
  }
}
