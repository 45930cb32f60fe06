package io.trunkline.loadtest.clients;

import java.util.Locale;

/** A client, and how it is run. */
enum Program {
  PSQL("psql", Kind.WRITER, Way.PROXY, "python3 psql-loop.py"),
  PGBENCH("pgbench", Kind.WRITER, Way.PROXY, "python3 pgbench-loop.py"),
  PSYCOPG2("psycopg2", Kind.WRITER, Way.PROXY, "python3 psycopg2-loop.py"),
  PSYCOPG3("psycopg 3", Kind.WRITER, Way.PROXY, "python3 psycopg3-loop.py"),
  ASYNCPG("asyncpg, its pool", Kind.WRITER, Way.PROXY, "python3 asyncpg-loop.py"),
  /** In this JVM, see {@link PooledClient}. */
  PGJDBC("pgjdbc, HikariCP", Kind.WRITER, Way.PROXY, ""),
  NODE_POSTGRES("node-postgres, its pool", Kind.WRITER, Way.PROXY, "nodejs node-postgres-loop.js"),
  DBD_PG("DBD::Pg", Kind.WRITER, Way.PROXY, "perl dbd-pg-loop.pl"),
  PDO("PHP, PDO_PGSQL", Kind.WRITER, Way.PROXY, "php pdo-loop.php"),
  TWO_HOSTS(
      "libpq (psycopg2), two hosts, read-write",
      Kind.WRITER,
      Way.TWO_PROXIES,
      "python3 psycopg2-loop.py"),
  POOLER_BEFORE(
      "psycopg2, PgBouncer, Trunkline", Kind.WRITER, Way.POOLER_BEFORE, "python3 psycopg2-loop.py"),
  POOLER_BEHIND(
      "psycopg2, Trunkline, PgBouncer", Kind.WRITER, Way.POOLER_BEHIND, "python3 psycopg2-loop.py"),
  RECVLOGICAL("pg_recvlogical", Kind.RECEIVER, Way.PROXY, "python3 recvlogical-loop.py"),
  PG_DUMP(
      "pg_dump",
      Kind.REPEATED,
      Way.PROXY,
      "python3 repeat.py pg_dump 'pg_dump | python3 throttle.py 10000000'"),
  PG_BASEBACKUP(
      "pg_basebackup",
      Kind.REPEATED,
      Way.PROXY,
      "python3 repeat.py pg_basebackup 'rm -rf /tmp/backup;"
          + " pg_basebackup -D /tmp/backup -Ft -c fast --max-rate=20M'");

  /** What it does. */
  enum Kind {
    /** Commits a row per tick. */
    WRITER,
    /** Receives what others commit. */
    RECEIVER,
    /** Takes some seconds, and is run again and again. */
    REPEATED
  }

  /** How it comes to PostgreSQL. */
  enum Way {
    PROXY,
    TWO_PROXIES,
    POOLER_BEFORE,
    POOLER_BEHIND
  }

  private final String title;
  private final Kind kind;
  private final Way way;
  private final String command;

  Program(String title, Kind kind, Way way, String command) {
    this.title = title;
    this.kind = kind;
    this.way = way;
    this.command = command;
  }

  String title() {
    return title;
  }

  Kind kind() {
    return kind;
  }

  Way way() {
    return way;
  }

  /** In the folder of the client programs; empty for the one that runs in this JVM. */
  String command() {
    return command;
  }

  /** Whether it connects as the role for replication. */
  boolean replicates() {
    return this == RECVLOGICAL || this == PG_BASEBACKUP;
  }

  /** How its users cancel a statement; empty where there is no means of its own. */
  String cancel() {
    return switch (this) {
      case PSQL -> "Ctrl-C";
      case PSYCOPG2, PSYCOPG3, TWO_HOSTS, POOLER_BEFORE, POOLER_BEHIND -> "`connection.cancel()`";
      case ASYNCPG -> "`timeout=`";
      case PGJDBC -> "`Statement.cancel()`";
      case NODE_POSTGRES -> "`pg_cancel_backend(client.processID)`";
      case DBD_PG -> "`$dbh->pg_cancel`";
      case PGBENCH, PDO, RECVLOGICAL, PG_DUMP, PG_BASEBACKUP -> "";
    };
  }

  /** For file names. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
