package io.trunkline.proxy.backend;

import io.trunkline.config.HostPort;
import io.trunkline.pgwire.CancelKey;
import java.util.Optional;
import java.util.function.Consumer;

/** What a client's cancel key stands for: its session. Safe to use from any thread. */
public interface CancelTarget {
  /**
   * Where a CancelRequest is to be sent.
   *
   * @param key the one that counts there: another than the client's after the session has moved
   */
  record Addressee(HostPort member, CancelKey key) {}

  /**
   * Cancels what the session runs.
   *
   * @param then runs on some event loop once it is known where the request is to be sent; empty:
   *     nowhere, since no member runs anything for the session
   */
  void cancel(Consumer<Optional<Addressee>> then);
}
