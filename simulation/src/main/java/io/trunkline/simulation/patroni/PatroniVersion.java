package io.trunkline.simulation.patroni;

import java.util.concurrent.TimeUnit;

/** What differs between the releases of Patroni that are simulated. */
public enum PatroniVersion {
  /**
   * Debian 12's. A leader whose lease has run out takes a new one and puts the leader key with it,
   * whoever holds the key by now ({@code patroni/dcs/etcd3.py}, {@code _update_leader}). After a
   * demotion it waits 2 s before PostgreSQL starts again.
   */
  V3_0("3.0.2", "master", true, TimeUnit.SECONDS.toNanos(2)),
  /** Debian 13's. The key is put only if nobody else has it since. It waits 1 s. */
  V4_0("4.0.7", "primary", false, TimeUnit.SECONDS.toNanos(1));

  private final String number;
  private final String primaryRole;
  private final boolean putsKeyBack;
  private final long pauseAfterDemotion;

  PatroniVersion(String number, String primaryRole, boolean putsKeyBack, long pauseAfterDemotion) {
    this.number = number;
    this.primaryRole = primaryRole;
    this.putsKeyBack = putsKeyBack;
    this.pauseAfterDemotion = pauseAfterDemotion;
  }

  String number() {
    return number;
  }

  /** How it calls a primary. */
  String primaryRole() {
    return primaryRole;
  }

  boolean putsKeyBack() {
    return putsKeyBack;
  }

  /** Nanoseconds. */
  long pauseAfterDemotion() {
    return pauseAfterDemotion;
  }
}
