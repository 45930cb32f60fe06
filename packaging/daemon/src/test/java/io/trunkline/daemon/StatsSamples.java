package io.trunkline.daemon;

import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.proxy.stats.SessionEnd;
import java.util.Map;

/** Listener statistics with something in them, for tests of what reads them. */
public final class StatsSamples {
  private StatsSamples() {}

  /** Three accepted, two open on that member, one waiting, one ended. */
  public static ListenerStats busy(String member) {
    ListenerStats stats = new ListenerStats();
    for (int i = 0; i < 3; i++) {
      stats.connectionOpened();
    }
    stats.placedAt(member);
    stats.placedAt(member);
    stats.queueEntered();
    stats.connectionEnded(SessionEnd.SUPERSEDED);
    stats.dialFailed();
    stats.fromClients().add(100);
    stats.toClients().add(2_000);
    return stats;
  }

  /** With those sessions by member, and so many that wait. */
  public static ListenerStats carrying(Map<String, Integer> sessions, int waiting) {
    ListenerStats stats = new ListenerStats();
    sessions.forEach(
        (member, count) -> {
          for (int i = 0; i < count; i++) {
            stats.connectionOpened();
            stats.placedAt(member);
          }
        });
    for (int i = 0; i < waiting; i++) {
      stats.connectionOpened();
      stats.queueEntered();
    }
    return stats;
  }

  /** Some clients come and go, and so many bytes pass. */
  public static void passes(ListenerStats stats, int clients, long up, long down) {
    for (int i = 0; i < clients; i++) {
      stats.connectionOpened();
      stats.connectionEnded(SessionEnd.CLIENT_CLOSED);
    }
    stats.fromClients().add(up);
    stats.toClients().add(down);
  }
}
