package io.trunkline.vip.lease;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** etcd, as far as one VIP needs it. No call blocks; stages complete on any thread. */
public interface LeaseStore extends AutoCloseable {
  /**
   * A new lease.
   *
   * @param ttl what etcd granted: never less than asked for
   */
  record Grant(long lease, Duration ttl) {}

  /**
   * One question to etcd: renew the lease, then write what has to be written and read all keys.
   *
   * @param publish write that this node serves (true) or does not (false)
   * @param campaign become the holder if there is none
   */
  record Question(long lease, Optional<Boolean> publish, boolean campaign) {}

  /** What etcd says to a {@link Question}. */
  sealed interface Answer {
    /**
     * The lease is there.
     *
     * @param renewed for how long, from when the question was sent; empty: the renewal is not
     *     certain
     */
    record Alive(Optional<Duration> renewed, LeaseView view) implements Answer {}

    /** There is no such lease: it ran out, or was revoked. */
    record Gone() implements Answer {}
  }

  CompletionStage<Grant> grant(Duration ttl);

  /** Asks. A stage that fails says why in its exception's message. */
  CompletionStage<Answer> ask(Question question);

  /** Ends a lease, and with it all its keys. */
  CompletionStage<Void> revoke(long lease);

  /** Calls that whenever a key may have changed. That no call comes proves nothing. */
  void watch(Runnable changed);

  @Override
  void close();
}
