package io.trunkline.loadtest.lab;

/** What runs on a proxy node. */
public enum ProxyKind {
  /** HAProxy with users' settings: checks every 3 s on 5000 and 5001, HAProxy's default on 5432. */
  HAPROXY(Service.HAPROXY),
  /** HAProxy with checks every second and sessions shut down on every port. */
  HAPROXY_TUNED(Service.HAPROXY),
  /** The daemon that this project builds, from {@code packaging/target/trunkline}. */
  TRUNKLINE(Service.TRUNKLINE);

  private final Service daemon;

  ProxyKind(Service daemon) {
    this.daemon = daemon;
  }

  Service daemon() {
    return daemon;
  }
}
