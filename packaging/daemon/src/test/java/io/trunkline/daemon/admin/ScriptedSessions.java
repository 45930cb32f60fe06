package io.trunkline.daemon.admin;

import io.trunkline.pgwire.state.Pinned;
import io.trunkline.proxy.session.SessionFilter;
import io.trunkline.proxy.session.SessionInfo;
import io.trunkline.proxy.session.SessionList;
import io.trunkline.proxy.session.SessionState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Two sessions, of which one cannot be seen into; answers later, from another thread. */
public final class ScriptedSessions implements AdminPages.SessionControl {
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 40_000);

  /** How many there are; 0: the two. */
  volatile int crowd;

  /** What those are. */
  volatile SessionInfo one = SESSIONS.getFirst();

  final List<String> ended = new CopyOnWriteArrayList<>();

  private static final List<SessionInfo> SESSIONS =
      List.of(
          new SessionInfo(
              1,
              "write",
              CLIENT,
              "app",
              "shop",
              "psql",
              "pg-1",
              SessionState.IDLE_IN_TRANSACTION,
              null,
              SessionInfo.Tls.TERMINATED,
              new SessionInfo.Keep(true, Optional.of(Pinned.LISTEN)),
              Instant.parse("2026-11-21T10:00:00Z"),
              100,
              2_000),
          new SessionInfo(
              2,
              "write",
              CLIENT,
              null,
              null,
              null,
              null,
              SessionState.QUEUED,
              "there is no leader key in etcd",
              SessionInfo.Tls.PASSTHROUGH,
              SessionInfo.Keep.NOT_WANTED,
              Instant.parse("2026-11-21T10:00:01Z"),
              8,
              0));

  /** One of which there is much to tell. */
  static SessionInfo wordy() {
    return new SessionInfo(
        3,
        "write",
        CLIENT,
        "app",
        "shop",
        "psql",
        null,
        SessionState.QUEUED,
        "why ".repeat(500),
        SessionInfo.Tls.NONE,
        SessionInfo.Keep.NOT_WANTED,
        Instant.parse("2026-11-21T10:00:00Z"),
        8,
        0);
  }

  /** What the desk lists. */
  public static SessionList list() {
    return new SessionList(SESSIONS, SESSIONS.size());
  }

  @Override
  public CompletableFuture<SessionList> list(SessionFilter filter, int limit) {
    return CompletableFuture.supplyAsync(
        () -> {
          if (crowd > 0) {
            return new SessionList(Collections.nCopies(Math.min(crowd, limit), one), crowd);
          }
          List<SessionInfo> meant = SESSIONS.stream().filter(filter::matches).toList();
          return new SessionList(meant.stream().limit(limit).toList(), meant.size());
        });
  }

  @Override
  public CompletableFuture<Integer> end(SessionFilter filter) {
    if (filter.toString().equals("user=broken")) {
      return CompletableFuture.failedFuture(new IllegalStateException("no loop"));
    }
    return CompletableFuture.supplyAsync(
        () -> {
          ended.add(filter.toString());
          return Math.toIntExact(SESSIONS.stream().filter(filter::matches).count());
        });
  }
}
