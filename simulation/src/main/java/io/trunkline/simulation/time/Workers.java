package io.trunkline.simulation.time;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** The threads of a process that do what blocks: each task takes a while. */
public final class Workers extends AbstractExecutorService {
  private final SimulatedProcess process;
  private final Randomness random;

  public Workers(SimulatedProcess process, Randomness random) {
    this.process = process;
    this.random = random;
  }

  @Override
  public void execute(Runnable task) {
    process.after(random.latency(1), task);
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return process.dead();
  }

  @Override
  public boolean isTerminated() {
    return process.dead();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
