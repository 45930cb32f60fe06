package io.trunkline.loadtest.clients;

import io.trunkline.loadtest.lab.KeptLab;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.LabOptions;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.ProxyKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A lab for clients: TLS wherever they want it, three proxies (the second for clients with two
 * hosts, the third for those behind which PgBouncer is), one machine for the programs.
 */
final class ClientsLab {
  private static final Duration SERVING = Duration.ofSeconds(30);
  private static final Duration SLOT = Duration.ofSeconds(60);

  /** 40 MB, so that a dump and a backup take some seconds. */
  private static final String BULK =
      "create table bulk as"
          + " select i, repeat(md5(i::text), 30) from generate_series(1, 40000) as i";

  private ClientsLab() {}

  static LabOptions options() {
    return LabOptions.plain()
        .withTlsAndPlaintext()
        .withProxies(ProxyKind.TRUNKLINE, ProxyKind.TRUNKLINE, ProxyKind.TRUNKLINE)
        .withTrunkline(Encryption.listeners())
        .withStations(1);
  }

  /** With the drivers' image, and a logical slot that Patroni keeps on every member. */
  static LabOptions allClients() {
    Map<String, Object> parameters =
        Map.of(
            "max_connections", 200,
            "wal_keep_size", "256MB",
            "wal_log_hints", "on",
            "wal_level", "logical");
    return options()
        .withDrivers()
        .withDcs(
            "postgresql",
            Map.of("use_pg_rewind", true, "use_slots", true, "parameters", parameters))
        .withDcs(
            "slots",
            Map.of(
                Clients.SLOT,
                Map.of("type", "logical", "database", "app", "plugin", "test_decoding")));
  }

  /** What all clients need: something to dump, the poolers, the slot. */
  static void furnish(Lab lab) throws SQLException {
    awaitServing(lab);
    try (Connection connection = lab.direct(lab.primary()).connect();
        Statement statement = connection.createStatement()) {
      statement.execute(BULK);
    }
    lab.proxies()
        .forEach(
            proxy ->
                KeptLab.with(lab, proxy, Encryption.PLAINTEXT.port(), Encryption.KEPT.listener()));
    Poolers.startBehind(lab, lab.proxy(3));
    awaitSlot(lab);
  }

  static void awaitServing(Lab lab) {
    for (Encryption encryption : List.of(Encryption.PASSTHROUGH, Encryption.TERMINATED)) {
      lab.awaitServing(encryption.port(), SERVING);
    }
  }

  /** Waits until every member has the logical slot. */
  static void awaitSlot(Lab lab) {
    EventTrial.await(
        "the logical slot on every member",
        SLOT,
        () -> lab.members().stream().allMatch(ClientsLab::hasSlot));
  }

  private static boolean hasSlot(Member member) {
    try {
      return member
          .sql("select count(*) from pg_replication_slots where slot_type = 'logical'")
          .equals("1");
    } catch (LabException e) {
      return false; // Patroni restarts a member to copy the slot
    }
  }
}
