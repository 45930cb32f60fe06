package io.trunkline.loadtest.lab;

import java.util.Locale;

/** A process of a node that can be killed, stopped and restarted by itself. */
public enum Service {
  ETCD,
  PATRONI,
  /** Started by Patroni; starting it by hand does nothing. */
  POSTGRES,
  HAPROXY,
  KEEPALIVED,
  TRUNKLINE,
  /** A job of {@link Node#job}: opens sessions again and again. */
  SESSIONS,
  /** A job: pings. */
  PING,
  /** A job: asks who has an address. */
  ARP,
  /** A job: writes down which addresses come and go. */
  ADDRESSES,
  /** A job: programs of {@code loadtest/lab/clients}. */
  CLIENTS,
  /** A job: a pooler before PostgreSQL, or before a proxy. */
  PGBOUNCER;

  /** Its name for the image's {@code svc} script, and of its log file. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
