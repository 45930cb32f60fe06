package io.trunkline.loadtest.continuity;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What the clients with counters speak PostgreSQL's protocol with. */
public enum Driver {
  /** In this JVM, see {@link JdbcCounter}. */
  PGJDBC("pgjdbc, prepareThreshold=5", Way.PROXY, ""),
  PSYCOPG2("psycopg2", Way.PROXY, "python3 psycopg2-counter.py"),
  PSYCOPG3("psycopg 3, prepare_threshold=5", Way.PROXY, "python3 psycopg3-counter.py"),
  PIPELINE("psycopg 3, libpq's pipeline mode", Way.PROXY, "python3 psycopg3-counter.py pipeline"),
  ASYNCPG("asyncpg, its statement cache", Way.PROXY, "python3 asyncpg-counter.py"),
  NODE_POSTGRES("node-postgres, named statements", Way.PROXY, "nodejs node-postgres-counter.js"),
  DBD_PG("DBD::Pg, pg_server_prepare=1", Way.PROXY, "perl dbd-pg-counter.pl"),
  PDO("PHP, PDO_PGSQL, no emulated prepares", Way.PROXY, "php pdo-counter.php"),
  PSQL("psql", Way.PROXY, "python3 psql-counter.py"),
  TWO_HOSTS(
      "libpq (psycopg2), two hosts, read-write", Way.TWO_PROXIES, "python3 psycopg2-counter.py"),
  POOLER_BEFORE("psycopg2, PgBouncer, Trunkline", Way.POOLER_BEFORE, "python3 psycopg2-counter.py");

  /** How it comes to PostgreSQL. */
  enum Way {
    PROXY,
    TWO_PROXIES,
    POOLER_BEFORE
  }

  private final String title;
  private final Way way;
  private final String command;

  Driver(String title, Way way, String command) {
    this.title = title;
    this.way = way;
    this.command = command;
  }

  String title() {
    return title;
  }

  Way way() {
    return way;
  }

  /** In the folder of the client programs; empty for the one that runs in this JVM. */
  String command() {
    return command;
  }

  /** For file names. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @param names with commas, or {@code all}
   * @throws IllegalArgumentException which says what there is
   */
  public static List<Driver> chosen(String names) {
    if (names.equalsIgnoreCase("all")) {
      return List.of(values());
    }
    return Arrays.stream(names.toUpperCase(Locale.ROOT).split(",", -1))
        .map(Driver::named)
        .distinct()
        .toList();
  }

  private static Driver named(String name) {
    return Arrays.stream(values())
        .filter(driver -> driver.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "DRIVERS has %s: there are %s, and all"
                        .formatted(
                            name.toLowerCase(Locale.ROOT),
                            Arrays.stream(values()).map(Driver::id).toList())));
  }
}
