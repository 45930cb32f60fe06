package io.trunkline.vip.lease;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** etcd, as far as one VIP needs it. No call blocks; stages complete on any thread. */
public interface LeaseStore extends AutoCloseable {
  /**
   * A new lease.
   *
   * @param ttl what etcd granted: never less than asked for
   */
  record Grant(long lease, Duration ttl) {}

  CompletionStage<Grant> grant(Duration ttl);

  /** Asks. A stage that fails says why in its exception's message. */
  CompletionStage<LeaseAnswer> ask(Question question);

  /** Ends a lease, and with it all its keys. */
  CompletionStage<Void> revoke(long lease);

  /** Calls that whenever a key may have changed. That no call comes proves nothing. */
  void watch(Runnable changed);

  @Override
  void close();
}
