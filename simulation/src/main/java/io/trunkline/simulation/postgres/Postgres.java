package io.trunkline.simulation.postgres;

import io.trunkline.simulation.network.Network;
import io.trunkline.simulation.network.TcpSide;
import io.trunkline.simulation.time.Randomness;
import io.trunkline.simulation.time.Scheduler;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL on one machine: its state, its timeline, the commits it has, and how they reach
 * standbys. Only Patroni and faults change what it is.
 */
public final class Postgres {
  /** Its port. */
  public static final int PORT = 5432;

  private static final long WAL_RECEIVER = TimeUnit.MILLISECONDS.toNanos(400);

  private final String name;
  private final String host;
  private final Network network;
  private final Scheduler scheduler;
  private final Randomness random;
  private final CommitLog commits;
  private final Set<ServerSession> sessions = new LinkedHashSet<>();
  private final List<Long> wal = new ArrayList<>();
  private final List<PendingCommit> pending = new ArrayList<>();
  private State state = State.DOWN;
  private long timeline = 1;
  private boolean readOnly;
  private @Nullable Postgres upstream;
  private Supplier<@Nullable Postgres> synchronousStandby = () -> null;
  private long epoch;
  private long processId = 100;

  /** What it is doing. */
  public enum State {
    DOWN,
    /** Lets nobody in yet (57P03). */
    STARTING,
    /** A standby, which answers reads. */
    RECOVERY,
    PROMOTING,
    PRIMARY,
    /** A fast shutdown: sessions have been ended, nobody is let in. */
    STOPPING
  }

  /** Hears of commits. */
  @FunctionalInterface
  public interface CommitLog {
    /**
     * A commit was accepted.
     *
     * @param session the client's own name of its connection
     */
    void committed(Postgres on, String session, long number);
  }

  private record PendingCommit(int position, ServerSession session, long number) {}

  public Postgres(
      String name,
      String host,
      Network network,
      Scheduler scheduler,
      Randomness random,
      CommitLog commits) {
    this.name = name;
    this.host = host;
    this.network = network;
    this.scheduler = scheduler;
    this.random = random;
    this.commits = commits;
    scheduler.after(random.millis(1, 400), this::receiveWal);
  }

  public String name() {
    return name;
  }

  public String host() {
    return host;
  }

  public State state() {
    return state;
  }

  public long timeline() {
    return timeline;
  }

  /** Its position in the WAL, in bytes as Patroni tells it. */
  public long position() {
    return 1_000_000 + 1000L * wal.size();
  }

  /** The commits that it has, in order. */
  public List<Long> wal() {
    return wal;
  }

  /** Whom a standby streams from now; null: nobody. */
  @Nullable Postgres streamsFrom() {
    Postgres from = upstream;
    return state == State.RECOVERY
            && from != null
            && from.running()
            && network.open(from.host, host)
            && network.open(host, from.host)
        ? from
        : null;
  }

  /** What clients call their connections that began while this was a standby. */
  public List<String> begunOnStandby() {
    return sessions.stream()
        .filter(ServerSession::begunOnStandby)
        .map(ServerSession::client)
        .toList();
  }

  /** Whether it has left recovery. */
  public boolean primary() {
    return state == State.PRIMARY;
  }

  /** Whether it answers queries. */
  public boolean running() {
    return state == State.RECOVERY || state == State.PRIMARY || state == State.PROMOTING;
  }

  public boolean readOnly() {
    return readOnly;
  }

  /** Sets {@code default_transaction_read_only}. */
  public void readOnly(boolean wanted) {
    readOnly = wanted;
  }

  long nextProcessId() {
    return processId++;
  }

  Randomness random() {
    return random;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  /** Who has to have a commit before it is answered; nobody while that returns null. */
  public void synchronousStandby(Supplier<@Nullable Postgres> standby) {
    synchronousStandby = standby;
  }

  // What Patroni does with it.

  /** The cluster begins with this member as its primary, or as a standby. */
  public void bootstrap(@Nullable Postgres following) {
    upstream = following;
    state = following == null ? State.PRIMARY : State.RECOVERY;
    listen();
  }

  /** Starts as a standby, after pg_rewind where its history has branched off. */
  public void start(@Nullable Postgres following) {
    if (!network.powered(host)) {
      return;
    }
    upstream = following;
    state = State.STARTING;
    listen();
    long mine = ++epoch;
    scheduler.after(
        random.millis(300, 2500),
        () -> {
          if (mine == epoch && state == State.STARTING) {
            state = State.RECOVERY;
          }
        });
  }

  /** Starts again as what it was: a primary, after crash recovery. */
  public void restartAsPrimary() {
    if (!network.powered(host)) {
      return;
    }
    upstream = null;
    state = State.STARTING;
    listen();
    long mine = ++epoch;
    scheduler.after(
        random.millis(500, 3000),
        () -> {
          if (mine == epoch && state == State.STARTING) {
            state = State.PRIMARY;
          }
        });
  }

  /** Replicates from that one from now on. */
  public void follow(@Nullable Postgres following) {
    if (state == State.RECOVERY || state == State.STARTING) {
      upstream = following;
    }
  }

  /**
   * {@code pg_ctl promote}: after a while it begins a new timeline.
   *
   * @param nanos how long that takes
   */
  public void promote(long nanos) {
    if (state != State.RECOVERY) {
      return;
    }
    state = State.PROMOTING;
    upstream = null;
    long mine = ++epoch;
    scheduler.after(
        nanos,
        () -> {
          if (mine == epoch && state == State.PROMOTING) {
            timeline++;
            state = State.PRIMARY;
            List.copyOf(sessions).forEach(ServerSession::onPromoted);
          }
        });
  }

  /** Stops: tells its sessions (57P01), and is gone after so many nanoseconds. */
  public void stop(long nanos, Runnable stopped) {
    if (state == State.DOWN) {
      stopped.run();
      return;
    }
    state = State.STOPPING;
    pending.clear();
    long mine = ++epoch;
    List.copyOf(sessions).forEach(ServerSession::shutDown);
    scheduler.after(
        nanos,
        () -> {
          if (mine == epoch) {
            state = State.DOWN;
            network.close(host, PORT);
            stopped.run();
          }
        });
  }

  /** Is killed: the kernel closes its connections. */
  public void crash() {
    epoch++;
    state = State.DOWN;
    pending.clear();
    network.close(host, PORT);
    List.copyOf(sessions).forEach(ServerSession::cut);
    sessions.clear();
  }

  private void listen() {
    network.listen(host, PORT, this::accept);
  }

  private void accept(TcpSide client) {
    ServerSession session = new ServerSession(this, client);
    sessions.add(session);
    session.begin();
  }

  void over(ServerSession session) {
    sessions.remove(session);
    pending.removeIf(commit -> commit.session() == session);
  }

  // Commits.

  /** A session commits; it is answered once the commit is where it has to be. */
  void commit(ServerSession session, long number) {
    wal.add(number);
    Postgres standby = synchronousStandby.get();
    if (standby == null) {
      commits.committed(this, session.client(), number);
      session.committed();
    } else {
      pending.add(new PendingCommit(wal.size(), session, number));
    }
  }

  /** That standby has so many commits. */
  private void confirmed(Postgres standby, int position) {
    Postgres wanted = synchronousStandby.get();
    if (state != State.PRIMARY || (wanted != null && wanted != standby)) {
      return;
    }
    List<PendingCommit> done =
        pending.stream().filter(commit -> commit.position() <= position).toList();
    pending.removeAll(done);
    for (PendingCommit commit : done) {
      commits.committed(this, commit.session().client(), commit.number());
      commit.session().committed();
    }
  }

  /** What waits for a standby that is not waited for any more. */
  public void releasePending() {
    if (synchronousStandby.get() == null && state == State.PRIMARY) {
      List<PendingCommit> done = List.copyOf(pending);
      pending.clear();
      for (PendingCommit commit : done) {
        commits.committed(this, commit.session().client(), commit.number());
        commit.session().committed();
      }
    }
  }

  /** The WAL receiver of a standby gets what its upstream has, and says so. */
  private void receiveWal() {
    Postgres from = streamsFrom();
    if (from != null) {
      copy(from);
      int position = wal.size();
      scheduler.after(random.latency(0.5), () -> from.confirmed(this, position));
    }
    boolean waitedFor = upstream != null && !upstream.pending.isEmpty();
    scheduler.after(waitedFor ? TimeUnit.MILLISECONDS.toNanos(5) : WAL_RECEIVER, this::receiveWal);
  }

  private void copy(Postgres from) {
    if (from.timeline < timeline && from.state != State.PRIMARY) {
      return;
    }
    int common = wal.size() <= from.wal.size() ? wal.size() : from.wal.size();
    boolean branched =
        wal.size() > from.wal.size()
            || (common > 0 && !wal.get(common - 1).equals(from.wal.get(common - 1)));
    if (branched) {
      while (common > 0 && !wal.get(common - 1).equals(from.wal.get(common - 1))) {
        common--;
      }
      wal.subList(common, wal.size()).clear();
    }
    wal.addAll(from.wal.subList(wal.size(), from.wal.size()));
    timeline = from.timeline;
  }
}
