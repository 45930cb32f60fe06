package io.trunkline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loader as the daemon and the command line use it. */
class ConfigLoaderTest {
  @TempDir private Path directory;

  @Test
  void this_machine_has_a_name_and_a_loopback_interface() throws IOException {
    Path file = directory.resolve("t.yaml");
    Files.writeString(
        file, Loading.withCluster("vips: [{name: a, interface: lo, addresses: [192.0.2.1/24]}]\n"));

    assertThat(new ConfigLoader(System.getenv()).load(file))
        .isInstanceOfSatisfying(
            ConfigResult.Valid.class, valid -> assertThat(valid.config().node()).isNotBlank());
  }

  @Test
  void a_file_for_another_machine() {
    var loader = new ConfigLoader(Map.of(), Set.of("bond0"));
    String file = Loading.withCluster("vips: [{name: a, interface: %s, addresses: [192.0.2.1]}]\n");

    assertThat(loader.load(Path.of("t.yaml"), file.formatted("bond0")))
        .isInstanceOf(ConfigResult.Valid.class);
    assertThat(loader.load(Path.of("t.yaml"), file.formatted("lo")))
        .isInstanceOfSatisfying(
            ConfigResult.Invalid.class,
            invalid ->
                assertThat(invalid.problems())
                    .containsExactly(
                        new Problem(
                            "t.yaml",
                            2,
                            29,
                            "vips[0].interface",
                            "this machine has no network interface \"lo\" (there is: bond0)")));
  }

  @Test
  void relative_paths_begin_at_the_file() throws IOException {
    Files.copy(Loading.pem("ca.crt"), directory.resolve("ca.crt"));
    Path file = directory.resolve("t.yaml");
    Files.writeString(
        file,
        "clusters: [{scope: a, etcd: {hosts: [x], protocol: https, cacert: ca.crt}}]\n"
            + "state_dir: state\n");

    assertThat(new ConfigLoader(Map.of()).load(file))
        .isInstanceOfSatisfying(
            ConfigResult.Valid.class,
            valid -> {
              assertThat(valid.config().cluster("a").etcd().orElseThrow().tls().cacert())
                  .contains(directory.resolve("ca.crt"));
              assertThat(valid.config().stateDir()).isEqualTo(directory.resolve("state"));
            });
  }

  @Test
  void a_file_of_six_servers_with_tls() {
    TrunklineConfig config =
        Loading.valid(
            """
            node: proxy-01
            clusters:
              - name: main
                scope: postgresql-cluster
                namespace: /service/
                etcd:
                  hosts: [192.168.0.203:2379, 192.168.0.204:2379, 192.168.0.205:2379]
                  protocol: https
                  cacert: pem/ca.crt
                  cert: pem/rsa.crt
                  key: pem/rsa.key
                patroni:
                  hosts: []
                  cacert: pem/ca.crt
                  verify: full
                  interval: 1s
                  timeout: 2s
            listeners:
              - {name: write, bind: "0.0.0.0:5000", route: primary}
              - {name: read, bind: "0.0.0.0:5001", route: replica, fallback: primary, balance: least_connections, max_lag: 16MB}
              - {name: postgres, bind: "0.0.0.0:5432", route: primary}
            vips:
              - name: main
                interface: enp0s3
                addresses: [192.168.0.210/24]
                mode: vrrp
                vrrp: {version: 3, router_id: 51, priority: 100, advert_interval: 300ms, preempt: true, preempt_delay: 0s, unicast_peers: []}
            admin: {bind: "127.0.0.1:7000"}
            """);

    assertThat(config.listeners()).isEqualTo(Loading.valid(Loading.withCluster("")).listeners());
    assertThat(config.vips()).hasSize(1);
  }
}
