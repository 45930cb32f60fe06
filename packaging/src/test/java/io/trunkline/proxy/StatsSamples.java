package io.trunkline.proxy;

/** Listener statistics with something in them, for tests of what reads them. */
public final class StatsSamples {
  private StatsSamples() {}

  /** Three accepted, two open on that member, one waiting, one ended. */
  public static ListenerStats busy(String member) {
    ListenerStats stats = new ListenerStats();
    for (int i = 0; i < 3; i++) {
      stats.connectionOpened();
    }
    stats.attached(member);
    stats.attached(member);
    stats.waitBegan();
    stats.connectionEnded(SessionEnd.SUPERSEDED);
    stats.dialFailed();
    stats.fromClients().add(100);
    stats.toClients().add(2_000);
    return stats;
  }
}
