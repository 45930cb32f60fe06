package io.trunkline.daemon.warmup;

import io.trunkline.config.TrunklineConfig;
import io.trunkline.pgwire.ProtocolError;
import io.trunkline.proxy.Proxy;
import io.trunkline.routing.ConnectObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Relays sessions of its own, through a proxy of its own on loopback, until the compilers have
 * nothing left to do: so the first sessions of clients do not wait for them. What is to be compiled
 * is recorded in the package's AOT cache, but the code itself is not (JEP 515).
 */
public final class WarmUp {
  private static final int THREADS = 3;
  private static final String FIRST = "one";
  private static final String SECOND = "two";

  /** For so long one member is the primary, then the other. */
  private static final Duration TERM = Duration.ofMillis(250);

  /** The compilers are quiet when they take less than a tenth of a processor for that long. */
  private static final Duration WINDOW = Duration.ofMillis(300);

  private static final int QUIET = 10;

  /** Until then methods that matter have not been called often enough to be compiled at best. */
  private static final int ENOUGH = 12_000;

  /** The compilers have much to do when they take more than half of a processor. */
  private static final int MUCH = 2;

  private static final long POLL_MILLIS = 40;

  /** After each transaction while others need the processors more: the compilers, or clients. */
  private static final long PAUSE_NANOS = 1_000_000;

  private final TrunklineConfig config;
  private final InstantSource clock;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean compiling;
  private volatile boolean besideClients;

  /**
   * What it came to.
   *
   * @param transactions how many it has relayed, by what they went through
   * @param views how many views of a cluster it has made
   * @param settled whether the compilers had nothing left to do at the end
   */
  public record Result(Duration took, Map<String, Long> transactions, long views, boolean settled) {
    public Result {
      transactions = Map.copyOf(transactions);
    }
  }

  /**
   * @param config whose listeners' TLS is gone through, too
   */
  public WarmUp(TrunklineConfig config, InstantSource clock) {
    this.config = config;
    this.clock = clock;
  }

  /** From now on the daemon has clients: they come first. From any thread. */
  public void giveWay() {
    besideClients = true;
  }

  /** Ends it early. From any thread. */
  public void stop() {
    stopped.countDown();
  }

  /**
   * Blocks until it is done.
   *
   * @param longest it is over by then
   * @throws IOException saying in one sentence why it cannot be done
   */
  public Result run(Duration longest) throws IOException {
    long begin = System.nanoTime();
    try (ScriptedServer one = ScriptedMember.start();
        ScriptedServer two = ScriptedMember.start();
        WarmUpHealth health = new WarmUpHealth(clock)) {
      WarmUpListeners listeners = WarmUpListeners.like(config);
      WarmUpCluster cluster =
          new WarmUpCluster(
              listeners.config(), Map.of(FIRST, one.address(), SECOND, two.address()), clock);
      cluster.lead(FIRST);
      try (Proxy proxy =
          new Proxy(listeners.config(), cluster.cells(), ConnectObserver.NONE, _ -> {}, clock)) {
        proxy.start();
        Map<String, ScriptedClient> clients = listeners.clients(proxy.bound());
        start(List.copyOf(clients.values()));
        Scripts.start("warm-up health", () -> disturb(health));
        boolean settled = watchAndStop(cluster, clients.values(), begin, longest);
        Map<String, Long> transactions = new TreeMap<>();
        clients.forEach((name, client) -> transactions.put(name, client.answered()));
        return new Result(
            Duration.ofNanos(System.nanoTime() - begin), transactions, health.views(), settled);
      }
    }
  }

  private void start(List<ScriptedClient> clients) {
    for (int i = 0; i < THREADS; i++) {
      int first = i;
      Scripts.start("warm-up client " + i, () -> use(clients, first));
    }
  }

  private void use(List<ScriptedClient> clients, int first) {
    for (int i = first; goesOn(); i++) {
      try {
        clients.get(i % clients.size()).session(this::goesOn, this::pace);
      } catch (IOException | UncheckedIOException | ProtocolError e) {
        // Its member is the primary no more: the next session goes to the other one.
      }
    }
  }

  private void disturb(WarmUpHealth health) {
    while (goesOn()) {
      health.disturb();
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private void pace() {
    if (compiling || besideClients) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private boolean goesOn() {
    return stopped.getCount() > 0;
  }

  /** The scripts end with that, however it ends. */
  private boolean watchAndStop(
      WarmUpCluster cluster, Collection<ScriptedClient> clients, long begin, Duration longest)
      throws IOException {
    try {
      return watch(cluster, clients, begin, longest);
    } finally {
      stop();
    }
  }

  /** Whether the compilers were quiet before the time was over. */
  private boolean watch(
      WarmUpCluster cluster, Collection<ScriptedClient> clients, long begin, Duration longest)
      throws IOException {
    Term term = new Term(cluster, begin);
    CompilerThreads compilers = new CompilerThreads();
    Work window = Work.done(compilers, clients);
    Work poll = window;
    while (poll.at - begin < longest.toNanos()) {
      if (sleep()) {
        return false;
      }
      Work now = Work.done(compilers, clients);
      term.pass(now.at);
      compiling = now.compiledSince(poll) * MUCH > now.at - poll.at;
      poll = now;
      if (now.at - window.at >= WINDOW.toNanos()) {
        if (now.compiledSince(window) * QUIET < now.at - window.at && now.answered >= ENOUGH) {
          return true;
        }
        compilers = new CompilerThreads();
        window = Work.done(compilers, clients);
        poll = window;
      }
    }
    return false;
  }

  /** What has been done by then. */
  private record Work(long at, Duration compiled, long answered) {
    static Work done(CompilerThreads compilers, Collection<ScriptedClient> clients) {
      long answered = clients.stream().mapToLong(ScriptedClient::answered).sum();
      return new Work(System.nanoTime(), compilers.spent(), answered);
    }

    /** Nanoseconds. */
    long compiledSince(Work before) {
      return compiled.minus(before.compiled).toNanos();
    }
  }

  /** Which member is the primary. */
  private static final class Term {
    private final WarmUpCluster cluster;
    private long began;
    private boolean first = true;

    Term(WarmUpCluster cluster, long now) {
      this.cluster = cluster;
      this.began = now;
    }

    void pass(long now) {
      if (now - began >= TERM.toNanos()) {
        began = now;
        first = !first;
        cluster.lead(first ? FIRST : SECOND);
      }
    }
  }

  /** Whether it is to end now. */
  private boolean sleep() {
    try {
      return stopped.await(POLL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
