package io.trunkline.simulation.scenario;

import io.trunkline.simulation.patroni.PatroniSettings;
import io.trunkline.simulation.patroni.PatroniVersion;
import io.trunkline.simulation.scenario.Fault.Kind;
import io.trunkline.simulation.time.Randomness;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a seed stands for: how the cluster is set up, and what is done to it.
 *
 * @param nodes how many proxy nodes there are
 * @param writers how many clients commit
 * @param readers how many only read
 * @param sentinel whether nodes ask PostgreSQL itself what it is
 * @param faults in the order in which they begin
 */
public record Plan(
    long seed,
    int nodes,
    int writers,
    int readers,
    PatroniVersion version,
    PatroniSettings patroni,
    boolean sentinel,
    List<Fault> faults) {
  /** No fault begins before that, in nanoseconds: everything finds its place. */
  static final long CALM = TimeUnit.SECONDS.toNanos(12);

  /** For so long faults are begun. */
  static final long TROUBLE = TimeUnit.SECONDS.toNanos(150);

  /** When all faults are over. */
  static final long HEALED = CALM + TROUBLE + TimeUnit.SECONDS.toNanos(40);

  /** When all has to be well. */
  public static final long END = HEALED + TimeUnit.SECONDS.toNanos(118);

  /** The REST API of whoever holds the key says what it said before. */
  private static final int STALE_LEADER = -3;

  public Plan {
    faults = List.copyOf(faults);
  }

  /** What that seed stands for. */
  public static Plan of(long seed) {
    Randomness random = new Randomness(seed, "plan");
    int loopWait = random.any(2, 2, 3, 5, 10);
    int retry = Math.max(3, Math.min(10, (30 - loopWait) / 2 - random.below(3)));
    int ttl = Math.max(20, loopWait + 2 * retry);
    PatroniSettings settings =
        new PatroniSettings(ttl, loopWait, retry, random.percent(40), random.percent(25), false);
    List<Fault> faults = new ArrayList<>();
    int count = 3 + random.below(12);
    for (int i = 0; i < count; i++) {
      Kind kind = random.any(Kind.values());
      long at = CALM + random.millis(0, (double) TimeUnit.NANOSECONDS.toMillis(TROUBLE));
      long longest = Math.min(TimeUnit.SECONDS.toMillis(45), (HEALED - at) / 1_000_000);
      long nanos =
          random.percent(30) ? random.millis(50, 4000) : random.millis(1000, (double) longest);
      faults.add(new Fault(kind, at, nanos, random.below(1000)));
    }
    // What only happens when two things come together: often the first is a failover.
    if (random.percent(60)) {
      long at = CALM + random.millis(0, 60_000);
      faults.add(new Fault(Kind.PATRONI_STOPPED, at, (ttl + 10L) * 1_000_000_000L, -1));
      faults.add(
          new Fault(
              random.any(
                  Kind.NODE_KILLED, Kind.NODE_WITHOUT_ETCD, Kind.WATCH_MUTE, Kind.NODE_STOPPED),
              at + ttl * 1_000_000_000L + random.millis(0, 9000),
              random.millis(200, 6000),
              random.below(1000)));
    }
    if (random.percent(15)) {
      long at = CALM + random.millis(0, 100_000);
      int liar = random.below(3);
      faults.add(new Fault(Kind.NODE_WITHOUT_ETCD, at, 20_000_000_000L, random.below(1000)));
      faults.add(new Fault(Kind.REST, at + random.millis(0, 9000), 15_000_000_000L, 6 + liar));
    }
    long lease = TimeUnit.SECONDS.toNanos(ttl);
    if (random.percent(12)) {
      long at = CALM + random.millis(0, 60_000);
      faults.add(new Fault(Kind.KEY_PUT_BACK, at, lease, random.below(4)));
      long later = at + lease + random.millis(12_000, 40_000);
      faults.add(new Fault(Kind.NODE_KILLED, later, random.millis(200, 4000), random.below(3)));
    }
    if (random.percent(10)) {
      long at = CALM + random.millis(1000, 80_000);
      long nanos = lease + TimeUnit.SECONDS.toNanos(25);
      faults.add(new Fault(Kind.REST, at - 100, nanos, STALE_LEADER));
      faults.add(new Fault(Kind.PATRONI_STOPPED, at, nanos, -1));
    }
    if (random.percent(15)) {
      long at = CALM + random.millis(1000, 100_000);
      for (int node = 0; node < 3; node++) {
        faults.add(new Fault(Kind.NODE_BUSY, at, TimeUnit.SECONDS.toNanos(30), node));
      }
      Kind kind = random.any(Kind.SWITCHOVER, Kind.POSTGRES_KILLED);
      faults.add(new Fault(kind, at + random.millis(1000, 9000), 0, 2 * random.below(400)));
    }
    boolean crowd = random.percent(12);
    faults.sort(Comparator.comparingLong(Fault::at));
    return new Plan(
        seed,
        random.any(1, 2, 3, 3),
        crowd ? 10 : 2 + random.below(3),
        crowd ? 6 : 1 + random.below(2),
        random.any(PatroniVersion.V3_0, PatroniVersion.V4_0),
        settings,
        random.percent(50),
        faults);
  }

  /** The same with those faults only. */
  Plan with(List<Fault> fewer) {
    return new Plan(seed, nodes, writers, readers, version, patroni, sentinel, fewer);
  }
}
