package io.trunkline.healthcheck.dcs;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Keys that end with the lease they are bound to, all with one prefix. No call blocks; futures
 * complete on any thread, and one that fails says why in its exception's message.
 */
public interface DcsLeaseStore extends AutoCloseable {
  /**
   * A new lease.
   *
   * @param ttl what was granted: never less than asked for
   */
  record Lease(long id, Duration ttl) {}

  /**
   * A key's value, and the lease that it is bound to.
   *
   * @param lease 0: none
   */
  record Value(String text, long lease) {}

  /**
   * A lease that is there, and all keys, by name without the prefix.
   *
   * @param ttl for how long, from when that was asked; empty: the renewal is not certain
   */
  record Renewal(Optional<Duration> ttl, Map<String, Value> keys) {}

  CompletableFuture<Lease> grant(Duration ttl);

  /**
   * Renews a lease, then writes and reads in one step; without anything to write that is a
   * linearizable read.
   *
   * @param put keys to bind to the lease
   * @param claimed keys to bind to the lease as well, if none of them is there
   * @return empty: there is no such lease
   */
  CompletableFuture<Optional<Renewal>> renew(
      long lease, Map<String, String> put, Map<String, String> claimed);

  /** Ends a lease, and with it all its keys. */
  CompletableFuture<Void> revoke(long lease);

  /** Calls that whenever a key may have changed. That no call comes proves nothing. */
  void watch(Runnable changed);

  @Override
  void close();
}
