package io.trunkline.healthcheck;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Takes what sessions see from any thread and hands over the newest word per member: when ten
 * thousand sessions break at once, the loop hears of it once. That a member still takes connections
 * it hears twice a second at most: no session is to wake it.
 */
final class ConnectInbox {
  private static final Duration NO_NEWS = Duration.ofMillis(500);

  private final Executor loop;
  private final InstantSource clock;
  private final Observation observation;
  private final Map<String, Optional<String>> newest = new ConcurrentHashMap<>();
  private final Set<String> standbys = ConcurrentHashMap.newKeySet();

  /** When it was last handed over that a member takes connections, unless it failed since. */
  private final Map<String, Instant> good = new ConcurrentHashMap<>();

  private final AtomicBoolean waiting = new AtomicBoolean();

  ConnectInbox(Executor loop, InstantSource clock, Observation observation) {
    this.loop = loop;
    this.clock = clock;
    this.observation = observation;
  }

  void connected(String member) {
    Instant since = good.get(member);
    if (since == null || !clock.instant().isBefore(since.plus(NO_NEWS))) {
      put(member, Optional.empty());
    }
  }

  void failed(String member, String failure) {
    good.remove(member);
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
        if (failure.isEmpty()) {
          good.put(member, clock.instant());
          observation.onConnected(member);
        } else {
          observation.onConnectFailed(member, failure.get());
        }
      }
    }
    for (String member : standbys.toArray(String[]::new)) {
      standbys.remove(member);
      observation.onStandbySeen(member);
    }
  }
}
