package io.trunkline.config;

/** Which address of a member a listener's sessions are connected to. */
public enum DialTarget implements Labelled {
  /** Where its PostgreSQL listens: Patroni's {@code postgresql.connect_address}. */
  POSTGRES,
  /** Where a pooler beside it listens: Patroni's {@code postgresql.proxy_address}. */
  PROXY_URL
}
