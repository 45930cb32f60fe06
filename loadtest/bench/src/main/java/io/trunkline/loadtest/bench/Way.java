package io.trunkline.loadtest.bench;

import java.util.List;
import java.util.stream.Stream;

/** A way to PostgreSQL that is measured. */
enum Way {
  DIRECT("direct", Maker.NONE, Encryption.NONE),
  DIRECT_TLS("direct, TLS", Maker.NONE, Encryption.REQUEST),
  HAPROXY("HAProxy", Maker.HAPROXY, Encryption.NONE),
  HAPROXY_TUNED("HAProxy, tuned", Maker.HAPROXY, Encryption.NONE),
  HAPROXY_OTHER("the other HAProxy", Maker.HAPROXY, Encryption.NONE),
  HAPROXY_OTHER_TUNED("the other HAProxy, tuned", Maker.HAPROXY, Encryption.NONE),
  HAPROXY_PASSTHROUGH("HAProxy, TLS passthrough", Maker.HAPROXY, Encryption.REQUEST),
  HAPROXY_TERMINATED("HAProxy, TLS terminated", Maker.HAPROXY, Encryption.DIRECT),
  HAPROXY_TUNED_TERMINATED("HAProxy, tuned, TLS terminated", Maker.HAPROXY, Encryption.DIRECT),
  PGBOUNCER("PgBouncer, session mode", Maker.PGBOUNCER, Encryption.NONE),
  /** What many run today: a PgBouncer beside each PostgreSQL, and HAProxy before them. */
  CHAIN("HAProxy and PgBouncer, session mode", Maker.CHAIN, Encryption.NONE),
  CHAIN_TRANSACTION("HAProxy and PgBouncer, transaction mode", Maker.CHAIN, Encryption.NONE),
  /** The floor of what any relay in user space takes here. */
  RELAY("bare relay in C", Maker.RELAY, Encryption.NONE),
  TRUNKLINE("Trunkline", Maker.TRUNKLINE, Encryption.NONE),
  KEPT("Trunkline, sessions kept", Maker.TRUNKLINE, Encryption.NONE),
  OPAQUE("Trunkline, opaque", Maker.TRUNKLINE, Encryption.NONE),
  PASSTHROUGH("Trunkline, TLS passthrough", Maker.TRUNKLINE, Encryption.REQUEST),
  TERMINATED("Trunkline, TLS terminated", Maker.TRUNKLINE, Encryption.REQUEST),
  TERMINATED_OPAQUE("Trunkline, TLS terminated, opaque", Maker.TRUNKLINE, Encryption.REQUEST);

  /** Whose program carries the bytes. */
  enum Maker {
    NONE,
    HAPROXY,
    PGBOUNCER,
    CHAIN,
    RELAY,
    TRUNKLINE
  }

  private final String title;
  private final Maker maker;
  private final Encryption encryption;

  Way(String title, Maker maker, Encryption encryption) {
    this.title = title;
    this.maker = maker;
    this.encryption = encryption;
  }

  /** HAProxy as a relay of plain bytes. */
  static final List<Way> HAPROXIES =
      List.of(HAPROXY, HAPROXY_TUNED, HAPROXY_OTHER, HAPROXY_OTHER_TUNED);

  private static final List<Way> PLAIN = with(HAPROXIES, DIRECT, RELAY, TRUNKLINE, OPAQUE);

  /** Those that a relay of plain bytes is compared with, and some more. */
  static List<Way> plain(boolean quick, Way... more) {
    return quick ? List.of(HAPROXY, HAPROXY_TUNED, TRUNKLINE) : with(PLAIN, more);
  }

  /** With PgBouncer, which needs a real PostgreSQL, and with TLS. */
  static List<Way> toPostgres(boolean quick) {
    return plain(quick, HAPROXY_PASSTHROUGH, PGBOUNCER, CHAIN, PASSTHROUGH, TERMINATED);
  }

  /** In the order of their declaration. */
  static List<Way> with(List<Way> ways, Way... more) {
    return Stream.concat(ways.stream(), Stream.of(more)).sorted().toList();
  }

  String title() {
    return title;
  }

  Maker maker() {
    return maker;
  }

  Encryption encryption() {
    return encryption;
  }

  boolean haproxy() {
    return maker == Maker.HAPROXY;
  }

  boolean trunkline() {
    return maker == Maker.TRUNKLINE;
  }

  boolean tuned() {
    return this == HAPROXY_TUNED || this == HAPROXY_OTHER_TUNED || this == HAPROXY_TUNED_TERMINATED;
  }

  boolean other() {
    return this == HAPROXY_OTHER || this == HAPROXY_OTHER_TUNED;
  }

  /** Whether the proxy itself ends the clients' TLS. */
  boolean terminates() {
    return this == HAPROXY_TERMINATED
        || this == HAPROXY_TUNED_TERMINATED
        || this == TERMINATED
        || this == TERMINATED_OPAQUE;
  }

  /**
   * Whether a pooler gives the connections to PostgreSQL to another client after each transaction.
   */
  boolean poolsTransactions() {
    return this == CHAIN_TRANSACTION;
  }

  boolean keeps() {
    return this == KEPT;
  }

  boolean unread() {
    return this == OPAQUE || this == TERMINATED_OPAQUE;
  }
}
