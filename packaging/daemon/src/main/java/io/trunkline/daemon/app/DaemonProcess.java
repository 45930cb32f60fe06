package io.trunkline.daemon.app;

import io.trunkline.config.ConfigResult;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.config.VipConfig;
import io.trunkline.daemon.log.Log;
import io.trunkline.daemon.upgrade.Predecessor;
import io.trunkline.healthcheck.ClusterObserver;
import io.trunkline.healthcheck.dcs.DcsLeaseStore;
import io.trunkline.healthcheck.dcs.etcd.EtcdLeaseStore;
import io.trunkline.routing.Event;
import io.trunkline.routing.EventName;
import io.trunkline.routing.MonotonicClock;
import io.trunkline.vip.LinuxVipService;
import io.trunkline.vip.VipListener;
import io.trunkline.vip.VipService;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** The daemon as a process: from its start until a signal has ended it. */
public final class DaemonProcess {
  private static final Duration FIRST_LOOK = Duration.ofSeconds(10);

  /** A successor has time: the process before it serves meanwhile. */
  private static final Duration LONG_LOOK = Duration.ofSeconds(30);

  /** For the answers that follow the first look; without them a VIP would be bid for with less. */
  private static final Duration SECOND_LOOK = Duration.ofSeconds(5);

  private static final Duration SLACK = Duration.ofSeconds(2);
  private static final Duration CLOSING = Duration.ofSeconds(8);

  private final TrunklineConfig config;
  private final Supplier<ConfigResult> file;
  private final Build build;
  private final List<String> command;
  private final Map<String, String> environment;

  /**
   * @param config to begin with
   * @param file reads the configuration again, for a reload
   * @param command how to start this program again, for an upgrade; empty: unknown
   */
  public DaemonProcess(
      TrunklineConfig config,
      Supplier<ConfigResult> file,
      Build build,
      List<String> command,
      Map<String, String> environment) {
    this.config = config;
    this.file = file;
    this.build = build;
    this.command = List.copyOf(command);
    this.environment = Map.copyOf(environment);
  }

  /** Runs until it is told to stop; whether it started and ended well. */
  public boolean run() {
    DirectMemory.limit();
    InstantSource clock = new MonotonicClock();
    Signals signals = new Signals().trap();
    try (Log log = Log.open(config.log(), environment, clock)) {
      reportDeaths(log, clock);
      Daemon.Surroundings around =
          new Daemon.Surroundings(
              build.version(),
              environment,
              command,
              clock,
              log,
              log::dropped,
              file,
              (cluster, events, views) ->
                  new ClusterObserver(cluster, config.stateDir(), clock, events, views),
              (wanted, listener) -> vips(wanted, listener, clock));
      Outcome outcome;
      try (Daemon daemon = new Daemon(config, around)) {
        outcome = lead(daemon, signals);
      }
      if (outcome != Outcome.NOT_STARTED) {
        log.emit(Event.of(clock.instant(), EventName.DAEMON_STOPPED));
      }
      return outcome == Outcome.DRAINED;
    }
  }

  private static VipService vips(
      TrunklineConfig config, VipListener listener, InstantSource clock) {
    return new LinuxVipService(
        config.node(),
        config.vips(),
        config.vrrpRtPriority(),
        listener,
        clock,
        vip -> new VipLeases(leases(config, vip), config.node()));
  }

  private static DcsLeaseStore leases(TrunklineConfig config, VipConfig vip) {
    String prefix = vip.lease().orElseThrow().prefix(vip.name());
    return new EtcdLeaseStore(config.cluster(vip.cluster()), vip.name(), prefix);
  }

  private enum Outcome {
    NOT_STARTED,
    DRAINED,
    HURRIED
  }

  private Outcome lead(Daemon daemon, Signals signals) {
    daemon.emit(EventName.DAEMON_STARTED, "version", build.version(), "node", config.node());
    try {
      Optional<Path> predecessor = Predecessor.waiting(environment);
      if (predecessor.isPresent()) {
        daemon.look();
        await(CompletableFuture.anyOf(daemon.seen(), signals.first()), LONG_LOOK);
        awaitOpen(daemon, signals);
        awaitWarm(daemon, signals);
        daemon.succeed(predecessor.get());
      } else {
        daemon.start();
        await(CompletableFuture.anyOf(daemon.seen(), signals.first()), FIRST_LOOK);
        awaitWarm(daemon, signals);
      }
    } catch (IOException e) {
      daemon.emit(EventName.START_FAILED, "why", e.getMessage());
      return Outcome.NOT_STARTED;
    }
    if (!signals.first().isDone()) {
      daemon.ready();
    }
    signals.onReload(daemon::reload);
    CompletableFuture.anyOf(signals.first(), daemon.handover().succeeded()).join();
    return signals.first().isDone()
        ? drain(daemon, signals, signals.first().join())
        : outlive(daemon, signals);
  }

  private static void awaitOpen(Daemon daemon, Signals signals) {
    long end = System.nanoTime() + SECOND_LOOK.toNanos();
    while (!daemon.open() && !signals.first().isDone() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  /** After the first look, which is needed first, and would be held up. */
  private static void awaitWarm(Daemon daemon, Signals signals) {
    await(CompletableFuture.anyOf(daemon.warmUp(), signals.first()), daemon.config().warmUp());
  }

  /** Another process serves: this one ends with its last session. */
  private Outcome outlive(Daemon daemon, Signals signals) {
    CompletableFuture.anyOf(daemon.handover().outlive(), signals.first()).join();
    if (daemon.handover().sessions() == 0) {
      return Outcome.DRAINED;
    }
    return drain(daemon, signals, signals.first().getNow("succeeded"));
  }

  private Outcome drain(Daemon daemon, Signals signals, String signal) {
    daemon.emit(
        EventName.DRAIN_STARTED,
        "signal",
        signal,
        "timeout_ms",
        daemon.config().drainTimeout().toMillis());
    await(
        CompletableFuture.anyOf(daemon.drain(), signals.second()),
        daemon.config().drainTimeout().plus(SLACK));
    haltAfter(CLOSING);
    if (signals.second().isDone()) {
      daemon.emit(EventName.DRAIN_CUT_SHORT, "signal", signals.second().join());
      return Outcome.HURRIED;
    }
    daemon.emit(EventName.DRAIN_FINISHED);
    return Outcome.DRAINED;
  }

  /** Waits for at most that long; what comes later, or went wrong, the caller looks at. */
  private static void await(CompletableFuture<?> future, Duration longest) {
    try {
      future.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // Go on with what there is.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Should something hang on the way out, the process ends all the same. */
  private static void haltAfter(Duration longest) {
    Thread.ofPlatform()
        .name("deadline")
        .daemon()
        .start(
            () -> {
              LockSupport.parkNanos(longest.toNanos());
              Runtime.getRuntime().halt(1);
            });
  }

  private static void reportDeaths(Log log, InstantSource clock) {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, thrown) ->
            log.emit(
                Event.of(
                    clock.instant(),
                    EventName.THREAD_DIED,
                    "thread",
                    thread.getName(),
                    "error",
                    thrown)));
  }
}
