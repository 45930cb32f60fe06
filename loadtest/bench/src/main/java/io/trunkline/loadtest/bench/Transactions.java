package io.trunkline.loadtest.bench;

import static io.trunkline.loadtest.bench.Way.CHAIN;
import static io.trunkline.loadtest.bench.Way.CHAIN_TRANSACTION;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Small transactions: of PostgreSQL, and the shortest possible ones, which are all proxy. */
final class Transactions implements Case {
  private static final String UNIT = "transaction";

  private static final int FEW = 16;

  /** So many new backends take a second until they answer their first query. */
  private static final double SECONDS_OF_MANY = 4;

  @Override
  public String name() {
    return "transactions";
  }

  @Override
  public List<Row> run(Field field) throws IOException, InterruptedException {
    boolean quick = field.options().quick();
    List<Row> rows = new ArrayList<>();
    for (int clients : quick ? new int[] {16} : new int[] {1, 16, 256}) {
      String number = Integer.toString(clients);
      String threads = clients == 1 ? "1" : "2";
      Load load = Pgbench.of("-S", "-M", "prepared", "-c", number, "-j", threads);
      rows.add(
          field.measure(
              "pgbench-" + clients,
              "pgbench select-only, prepared, " + count(clients, "client"),
              UNIT,
              clients > FEW ? atLeast(SECONDS_OF_MANY, load) : load,
              Way.toPostgres(quick)));
    }
    // PgBouncer 1.18 cannot keep prepared statements in transaction mode.
    rows.add(
        field.measure(
            "pgbench-simple-16",
            "pgbench select-only, simple protocol, 16 clients",
            UNIT,
            Pgbench.of("-S", "-c", "16", "-j", "2"),
            Way.with(Way.plain(quick), CHAIN, CHAIN_TRANSACTION)));
    for (int connections : new int[] {1, 16}) {
      rows.add(
          field.measure(
              "ping-" + connections,
              "ping-pong, " + count(connections, "connection"),
              UNIT,
              PeerLoad.of("ping", "-c", Integer.toString(connections)),
              Way.plain(quick)));
    }
    return rows;
  }

  private static Load atLeast(double least, Load load) {
    return (contender, seconds) -> load.run(contender, Math.max(least, seconds));
  }

  /** "1 client", "16 clients". */
  static String count(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }
}
