package io.trunkline.proxy.backend;

import io.netty.channel.EventLoop;
import io.trunkline.pgwire.CancelKey;
import io.trunkline.proxy.backend.BackendState.Attached;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Cancels what one session runs, wherever that is: never a statement of this node's, and at no
 * member but the session's own. Owned by the client's event loop.
 */
final class SessionCancel implements CancelTarget {
  /** Requests that wait for a member's answer to a question of this node's. */
  private static final int MOST_WAITING = 8;

  private final EventLoop loop;
  private final BackendConnection connection;
  private final CancelKey clients;
  private CancelKey members;
  private final List<Consumer<Optional<Addressee>>> waiting = new ArrayList<>(1);

  /**
   * @param key that the client was given
   */
  SessionCancel(EventLoop loop, BackendConnection connection, CancelKey key) {
    this.loop = loop;
    this.connection = connection;
    this.clients = key;
    this.members = key;
  }

  /** The client's. */
  CancelKey key() {
    return clients;
  }

  /** The session is at another member, where that key counts. */
  void movedTo(CancelKey key) {
    members = key;
  }

  @Override
  public void cancel(Consumer<Optional<Addressee>> then) {
    try {
      loop.execute(() -> decide(then));
    } catch (RejectedExecutionException e) {
      then.accept(Optional.empty()); // the proxy stops
    }
  }

  private void decide(Consumer<Optional<Addressee>> then) {
    if (!(connection.state() instanceof Attached attached)) {
      connection.cancelSaid();
      then.accept(Optional.empty());
    } else if (attached.kept().flatMap(KeptSession::inquiry).isEmpty()) {
      connection.cancelSaid();
      then.accept(Optional.of(new Addressee(attached.link().place().address(), members)));
    } else if (waiting.size() < MOST_WAITING) {
      waiting.add(then);
    } else {
      then.accept(Optional.empty());
    }
  }

  /** The member has answered the question; or nobody waits for that any more. */
  void onAnswered() {
    if (!waiting.isEmpty()) {
      List<Consumer<Optional<Addressee>>> now = List.copyOf(waiting);
      waiting.clear();
      now.forEach(this::decide);
    }
  }

  /** The session is over. */
  void stop() {
    waiting.forEach(then -> then.accept(Optional.empty()));
    waiting.clear();
  }
}
