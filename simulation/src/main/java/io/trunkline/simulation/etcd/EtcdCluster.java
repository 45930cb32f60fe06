package io.trunkline.simulation.etcd;

import io.trunkline.simulation.network.Network;
import io.trunkline.simulation.time.Randomness;
import io.trunkline.simulation.time.Scheduler;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Three members of etcd: which of them leads, which can answer, and their common {@link EtcdStore}.
 *
 * <ul>
 *   <li>A request is answered by a member that reaches the leader, which must reach a majority;
 *       reads are linearizable, as both Patroni and Trunkline ask for them (etcd documentation: KV
 *       API guarantees).
 *   <li>A leader that has lost the majority steps down after an election timeout (1 s by default,
 *       {@code --election-timeout}), and the majority elects another one.
 *   <li>A new leader gives every lease its whole time again (etcd: {@code lessor.Promote}), so a
 *       lease lasts longer than its time to live when etcd's leader changes, never shorter.
 *   <li>A request whose answer is lost has been carried out all the same.
 * </ul>
 */
public final class EtcdCluster {
  private static final long TICK = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long ELECTION = TimeUnit.SECONDS.toNanos(1);
  private static final long REQUEST_TIMEOUT = TimeUnit.SECONDS.toNanos(5);
  private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(100);

  /** The time until a watch that demands a leader is told that there is none. */
  private static final long NO_LEADER = TimeUnit.SECONDS.toNanos(3);

  private final Network network;
  private final Scheduler scheduler;
  private final Randomness random;
  private final List<String> hosts;
  private final long[] stoppedUntil;
  private final long[] leaderlessSince;
  private final EtcdStore store;
  private int leader;
  private long electionAt = Long.MAX_VALUE;
  private long lostSince = Long.MAX_VALUE;

  /**
   * @param hosts the addresses of its members
   */
  public EtcdCluster(Network network, Scheduler scheduler, Randomness random, List<String> hosts) {
    this.network = network;
    this.scheduler = scheduler;
    this.random = random;
    this.hosts = List.copyOf(hosts);
    this.stoppedUntil = new long[hosts.size()];
    this.leaderlessSince = new long[hosts.size()];
    this.store = new EtcdStore(scheduler);
    scheduler.after(TICK, this::tick);
  }

  /** What it has, and who may look: the simulation itself, at any time. */
  public EtcdStore store() {
    return store;
  }

  /** The addresses of its members. */
  public List<String> hosts() {
    return hosts;
  }

  /** That member does nothing until then: its disk hangs, or its process is stopped. */
  public void stopUntil(int member, long nanos) {
    stoppedUntil[member] = Math.max(stoppedUntil[member], nanos);
  }

  /** Whether requests to that member are answered now. */
  public boolean serves(int member) {
    return leader >= 0 && leads(leader) && linked(member, leader);
  }

  /** For how many nanoseconds that member has had no leader. */
  long leaderless(int member) {
    return serves(member) ? 0 : scheduler.now() - leaderlessSince[member];
  }

  /** Whether watches at that member that demand a leader have ended. */
  boolean dropsWatches(int member) {
    return leaderless(member) >= NO_LEADER;
  }

  private boolean runs(int member) {
    return network.powered(hosts.get(member)) && scheduler.now() >= stoppedUntil[member];
  }

  private boolean linked(int one, int other) {
    return runs(one)
        && runs(other)
        && network.open(hosts.get(one), hosts.get(other))
        && network.open(hosts.get(other), hosts.get(one));
  }

  /** Whether it reaches a majority, itself included. */
  private boolean leads(int member) {
    int reached = 0;
    for (int other = 0; other < hosts.size(); other++) {
      reached += other == member ? (runs(member) ? 1 : 0) : linked(member, other) ? 1 : 0;
    }
    return reached > hosts.size() / 2;
  }

  private void tick() {
    long now = scheduler.now();
    for (int member = 0; member < hosts.size(); member++) {
      if (serves(member)) {
        leaderlessSince[member] = now;
      }
    }
    if (leader >= 0 && leads(leader)) {
      lostSince = Long.MAX_VALUE;
      store.expireLeases();
    } else if (leader >= 0) {
      lostSince = Math.min(lostSince, now);
      if (now - lostSince >= ELECTION) {
        leader = -1;
        lostSince = Long.MAX_VALUE;
        electionAt = now + random.millis(100, 1000);
      }
    } else if (now >= electionAt) {
      elect();
    }
    store.deliver(this);
    scheduler.after(TICK, this::tick);
  }

  private void elect() {
    int first = random.below(hosts.size());
    for (int i = 0; i < hosts.size(); i++) {
      int candidate = (first + i) % hosts.size();
      if (leads(candidate)) {
        leader = candidate;
        electionAt = Long.MAX_VALUE;
        store.renewAllLeases();
        return;
      }
    }
    electionAt = scheduler.now() + random.millis(300, 1000);
  }

  /** The members elect another leader, as after a rolling restart or a slow disk. */
  public void moveLeader() {
    if (leader >= 0) {
      leader = -1;
      electionAt = scheduler.now() + random.millis(50, 300);
    }
  }

  /**
   * Has a member carry out a request, and its answer brought back.
   *
   * @param from the machine that asks
   * @param answered runs there with what the operation returned, or null if there is a failure;
   *     never if the request or the answer is lost
   */
  public <T> void request(
      String from, int member, Supplier<T> operation, Consumer<@Nullable T> answered) {
    network.send(
        from, hosts.get(member), () -> serve(from, member, operation, answered, scheduler.now()));
  }

  private <T> void serve(
      String from, int member, Supplier<T> operation, Consumer<@Nullable T> answered, long since) {
    String host = hosts.get(member);
    if (!serves(member)) {
      if (scheduler.now() - since >= REQUEST_TIMEOUT) {
        network.send(host, from, () -> answered.accept(null));
      } else {
        scheduler.after(LOOK_AGAIN, () -> serve(from, member, operation, answered, since));
      }
      return;
    }
    // To the leader, its disk and that of the majority, and back.
    scheduler.after(
        random.latency(1.5),
        () -> {
          if (!serves(member)) {
            serve(from, member, operation, answered, since);
            return;
          }
          T answer = operation.get();
          store.deliver(this);
          network.send(host, from, () -> answered.accept(answer));
        });
  }

  /** Tells a watcher of changes, over the network. */
  void tell(int member, String to, Runnable changes) {
    network.send(hosts.get(member), to, changes);
  }

  /** Whether anything gets from that member to that machine. */
  public boolean reaches(int member, String host) {
    return runs(member) && network.open(hosts.get(member), host);
  }
}
