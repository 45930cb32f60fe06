package io.trunkline.loadtest.lab;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A member's {@code patroni.yml}. */
final class PatroniFile {
  /** Where a member has {@link Project#beforeStop()}, as after an installation of the package. */
  static final String BEFORE_STOP = "/usr/bin/trunkline-before-stop";

  private PatroniFile() {}

  static String render(ClusterLayout layout, LabOptions options, String name, String address) {
    return """
    scope: %1$s
    namespace: %2$s
    name: %3$s
    restapi:
      listen: 0.0.0.0:8008
      connect_address: %4$s:8008
    %5$s
    etcd3:
      hosts: %6$s
      protocol: %7$s
    %8$s
    bootstrap:
      dcs: %9$s
      initdb: [{encoding: UTF8}, data-checksums]
    postgresql:
      listen: 0.0.0.0:5432
      connect_address: %4$s:5432
      data_dir: /lab/data/postgresql
      bin_dir: /usr/lib/postgresql/%14$d/bin
      pgpass: /tmp/pgpass
      use_unix_socket: true
      authentication:
        superuser: {username: %10$s, password: %11$s}
        replication: {username: replicator, password: lab-replicator}
      basebackup: [{checkpoint: fast}]
      recovery_conf:
        recovery_end_command: /usr/local/bin/promoted
        recovery_min_apply_delay: 0ms
      pg_hba:
        - local all all trust
        - %12$s replication replicator 0.0.0.0/0 scram-sha-256
        - %12$s all all 0.0.0.0/0 scram-sha-256
      parameters:
        unix_socket_directories: /run/postgresql
        shared_buffers: 64MB
        wal_retrieve_retry_interval: 500ms
        wal_retrieve_retry_interval: 500ms
        logging_collector: 'on'
        log_directory: /lab/log
        log_filename: postgresql.log
        log_file_mode: '0644'
        log_rotation_age: 0
        log_rotation_size: 0
        log_timezone: UTC
        log_line_prefix: '%%m [%%p] '
    %13$s
    """
        .formatted(
            ClusterLayout.SCOPE,
            ClusterLayout.NAMESPACE,
            name,
            address,
            layout.tls() ? REST_TLS : "",
            layout.etcdHosts(),
            layout.scheme(),
            layout.tls() ? ETCD_TLS : "",
            Json.of(dcs(layout, options)),
            ClusterLayout.SUPERUSER,
            ClusterLayout.SUPERUSER_PASSWORD,
            layout.tls() && !options.plaintext() ? "hostssl" : "host",
            layout.tls() ? POSTGRES_TLS : "",
            options.stack().postgres());
  }

  /** What every member shares; the lab's own settings give way to those of the options. */
  static Map<String, Object> dcs(ClusterLayout layout, LabOptions options) {
    Map<String, Object> postgresql = new TreeMap<>();
    postgresql.put("use_pg_rewind", true);
    postgresql.put("use_slots", true);
    postgresql.put(
        "parameters",
        Map.of(
            "max_connections", options.maxConnections(),
            "wal_keep_size", "256MB",
            "wal_log_hints", "on"));
    if (options.stack().beforeStop() && !layout.proxies().isEmpty()) {
      postgresql.put("before_stop", beforeStop(layout));
    }
    Map<String, Object> dcs = new TreeMap<>();
    dcs.put("postgresql", postgresql);
    dcs.putAll(options.dcs());
    return dcs;
  }

  private static String beforeStop(ClusterLayout layout) {
    String proxies =
        layout.proxies().stream()
            .map(address -> address + ":" + ProxyNode.ADMIN_PORT)
            .collect(Collectors.joining(" "));
    return BEFORE_STOP
        + (layout.tls() ? " --patroni https://127.0.0.1:8008 --cacert /lab/certs/ca.crt " : " ")
        + proxies;
  }

  private static final String ETCD_TLS =
      """
        cacert: /lab/certs/ca.crt
        cert: /lab/certs/node.crt
        key: /lab/certs/node.key\
      """;

  /** Without cafile, Patroni 3.0's own REST client refuses the other members: no switchover. */
  private static final String REST_TLS =
      """
        certfile: /lab/certs/node.pem
        cafile: /lab/certs/ca.crt\
      """;

  private static final String POSTGRES_TLS =
      """
          ssl: 'on'
          ssl_ca_file: /lab/certs/ca.crt
          ssl_cert_file: /lab/certs/node.crt
          ssl_key_file: /lab/certs/node.key\
      """;
}
