package io.trunkline.healthcheck;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Takes what sessions see from any thread and hands over the newest word per member: when ten
 * thousand sessions break at once, the loop hears of it once.
 */
final class ConnectInbox {
  private final Executor loop;
  private final Taker taker;
  private final Map<String, Optional<String>> newest = new ConcurrentHashMap<>();
  private final Set<String> standbys = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean waiting = new AtomicBoolean();

  ConnectInbox(Executor loop, Taker taker) {
    this.loop = loop;
    this.taker = taker;
  }

  /** Takes the newest words, on the loop. */
  interface Taker {
    void take(String member, Optional<String> failure);

    void standbySeen(String member);
  }

  void connected(String member) {
    put(member, Optional.empty());
  }

  void failed(String member, String failure) {
    put(member, Optional.of(failure));
  }

  void standbySeen(String member) {
    standbys.add(member);
    wake();
  }

  private void put(String member, Optional<String> failure) {
    newest.put(member, failure);
    wake();
  }

  private void wake() {
    if (waiting.compareAndSet(false, true)) {
      loop.execute(this::drain);
    }
  }

  private void drain() {
    waiting.set(false);
    for (String member : newest.keySet().toArray(String[]::new)) {
      Optional<String> failure = newest.remove(member);
      if (failure != null) {
        taker.take(member, failure);
      }
    }
    for (String member : standbys.toArray(String[]::new)) {
      standbys.remove(member);
      taker.standbySeen(member);
    }
  }
}
