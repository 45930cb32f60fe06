package io.trunkline.healthcheck.dcs;

import io.trunkline.routing.DcsHealth;

/** Where a cluster's keys come from. Everything happens on the observer's loop. */
public interface DcsSource {

  /** Hears of changes. */
  interface Listener {

    /** The keys changed, or were read for the first time. */
    void onKeys(KeySpace keys);

    /** It was confirmed, lost or found again. */
    void onHealth(DcsHealth health);
  }

  void start();

  void close();
}
