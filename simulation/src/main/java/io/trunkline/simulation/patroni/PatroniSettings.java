package io.trunkline.simulation.patroni;

import java.util.concurrent.TimeUnit;

/**
 * Patroni's dynamic configuration, as its {@code config} key has it.
 *
 * @param ttl seconds that the leader key lasts without renewal
 * @param loopWait seconds between two looks at the cluster
 * @param retryTimeout seconds for which a request to etcd is repeated; {@code loopWait} and twice
 *     this are no more than {@code ttl}, as Patroni demands
 * @param failsafe whether a primary goes on without etcd while all members agree
 * @param synchronous whether commits wait for a standby
 * @param pause maintenance mode
 */
public record PatroniSettings(
    int ttl, int loopWait, int retryTimeout, boolean failsafe, boolean synchronous, boolean pause) {

  /** The value of the key. */
  public String json() {
    return "{\"ttl\":%d,\"loop_wait\":%d,\"retry_timeout\":%d,\"failsafe_mode\":%b,\"synchronous_mode\":%b%s}"
        .formatted(
            ttl, loopWait, retryTimeout, failsafe, synchronous, pause ? ",\"pause\":true" : "");
  }

  /** The same in maintenance mode, or not. */
  public PatroniSettings paused(boolean now) {
    return new PatroniSettings(ttl, loopWait, retryTimeout, failsafe, synchronous, now);
  }

  long ttlNanos() {
    return TimeUnit.SECONDS.toNanos(ttl);
  }

  long loopNanos() {
    return TimeUnit.SECONDS.toNanos(loopWait);
  }

  long retryNanos() {
    return TimeUnit.SECONDS.toNanos(retryTimeout);
  }
}
