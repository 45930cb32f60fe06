package io.trunkline.simulation.node;

import io.trunkline.simulation.invariant.Promise;
import io.trunkline.simulation.time.LocalClock;
import io.trunkline.simulation.time.Randomness;
import io.trunkline.simulation.time.SimulatedProcess;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A machine with Trunkline on it, across the restarts of its process. */
public final class ProxyNode {
  private final NodeWorld world;
  private final String name;
  private final String host;
  private final int number;
  private final LocalClock clock;
  private final MarkDisk disk;
  private @Nullable NodeProcess process;
  private int lives;

  /**
   * @param number of the node, from 1 on
   */
  public ProxyNode(NodeWorld world, String name, String host, int number, LocalClock clock) {
    this.world = world;
    this.name = name;
    this.host = host;
    this.number = number;
    this.clock = clock;
    this.disk = new MarkDisk(new Randomness(world.seed(), "disk " + name));
  }

  public String name() {
    return name;
  }

  public String host() {
    return host;
  }

  /** Its clocks. */
  public LocalClock clock() {
    return clock;
  }

  /** The disk that the timeline mark is on. */
  public MarkDisk disk() {
    return disk;
  }

  /** Starts the daemon, if it does not run. */
  public void start() {
    if (runs() || !world.network().powered(host)) {
      return;
    }
    lives++;
    SimulatedProcess next = new SimulatedProcess(name, world.scheduler(), clock, this::failed);
    world.story().tell(name, () -> "starts");
    world.routing().started(name, next);
    process = new NodeProcess(world, name, host, number, next, disk, lives);
    process.start();
  }

  private void failed(String who, Throwable cause) {
    StackTraceElement[] trace = cause.getStackTrace();
    world
        .violations()
        .broken(
            Promise.NO_DEFECT,
            "%s: %s at %s".formatted(who, cause, trace.length == 0 ? "unknown" : trace[0]));
  }

  /** Kills the daemon. */
  public void kill() {
    NodeProcess now = process;
    if (now != null) {
      process = null;
      now.kill();
    }
  }

  /** Tells the daemon to stop: it lets the addresses go, and ends a second later. */
  public void stop() {
    NodeProcess now = process;
    if (now != null) {
      now.release();
      world
          .scheduler()
          .after(
              TimeUnit.SECONDS.toNanos(1),
              () -> {
                if (process == now) {
                  kill();
                }
              });
    }
  }

  /** The simulation is over: counts why the sessions of this life have ended. */
  public void countEnds() {
    NodeProcess now = process;
    if (now != null) {
      now.countEnds();
    }
  }

  /** Whether the daemon is there. */
  public boolean runs() {
    return process != null;
  }

  /** The daemon does nothing until then. */
  public void stopUntil(long nanos) {
    NodeProcess now = process;
    if (now != null) {
      now.process().stopUntil(nanos);
    }
  }

  /** The daemon's threads often run late before then. */
  public void busyUntil(long nanos) {
    NodeProcess now = process;
    if (now != null) {
      now.process().busyUntil(nanos);
    }
  }

  /** Whether it is there and not stopped. */
  public boolean active() {
    NodeProcess now = process;
    return now != null && !now.process().stopped();
  }

  /** An operator accepts the lower timeline. */
  public void acceptTimeline() {
    NodeProcess now = process;
    if (now != null) {
      now.acceptTimeline();
    }
  }
}
