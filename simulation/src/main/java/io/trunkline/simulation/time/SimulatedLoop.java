package io.trunkline.simulation.time;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An event loop of Netty's in simulated time. It works in rounds as Netty's does with epoll(7):
 * first the events that the kernel reported at the beginning of the round, each for the descriptor
 * that it was reported for, then the tasks and what timers are due. What is urgent ({@link
 * #urgent}) runs before the next event or task.
 */
public final class SimulatedLoop extends AbstractScheduledEventExecutor implements EventLoop {
  /** Nanoseconds from when there is something to do until the thread runs. */
  private static final long WAKE_UP = TimeUnit.MICROSECONDS.toNanos(20);

  /** In so many of a hundred cases it runs late: a collection, or another thread has its turn. */
  private static final double LATE = 0.5;

  private static final double LATE_WHEN_BUSY = 30;

  private final SimulatedProcess process;
  private final Randomness random;
  private final boolean inlinesTasks;
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final ArrayDeque<Runnable> pressing = new ArrayDeque<>();
  private final Set<Source> ready = new LinkedHashSet<>();
  private final Ticker ticker = new LoopTicker();
  private Scheduler.@Nullable Timer wake;
  private boolean shutdown;

  /** What the kernel has for one descriptor. */
  public interface Source {
    /** Its number. */
    int descriptor();

    /** What epoll(7) would report of it now; 0: nothing. */
    int events();
  }

  /**
   * @param random how long it takes until the thread runs
   * @param inlinesTasks a faulty one: what is handed to it from one of its own tasks or events, to
   *     be run once the round is over, runs at once
   */
  public SimulatedLoop(SimulatedProcess process, Randomness random, boolean inlinesTasks) {
    super(null);
    this.process = process;
    this.random = random;
    this.inlinesTasks = inlinesTasks;
  }

  /** Runs what cannot wait for the round that is under way. */
  public Executor urgent() {
    return task -> {
      pressing.add(task);
      wakeSoon();
    };
  }

  @Override
  public void execute(Runnable task) {
    if (inlinesTasks && runs()) {
      guarded(task);
      return;
    }
    if (!process.dead()) {
      tasks.add(task);
      wakeSoon();
    }
  }

  /** The kernel has something for that descriptor. */
  public void ready(Source source) {
    if (ready.add(source)) {
      wakeSoon();
    }
  }

  /** The descriptor is closed. */
  public void gone(Source source) {
    ready.remove(source);
  }

  private boolean runs() {
    return process.scheduler().runs(this);
  }

  private void wakeSoon() {
    if (!runs()) {
      long pause =
          process.busy() && random.percent(LATE_WHEN_BUSY)
              ? random.millis(1, 150)
              : random.percent(LATE) ? random.millis(1, 40) : 0;
      wakeAt(process.scheduler().now() + WAKE_UP + random.below((int) WAKE_UP) + pause);
    }
  }

  private void wakeAt(long at) {
    if (process.dead() || shutdown) {
      return;
    }
    long allowed = Math.max(at, process.stoppedUntil());
    if (wake != null) {
      if (wake.at() <= allowed) {
        return;
      }
      wake.cancel();
    }
    wake = process.scheduler().at(allowed, this::round);
  }

  private void round() {
    wake = null;
    if (process.dead() || shutdown) {
      return;
    }
    if (process.stopped()) {
      wakeAt(process.stoppedUntil());
      return;
    }
    Object before = process.scheduler().enter(this);
    try {
      handleEvents();
      runTasks();
    } finally {
      process.scheduler().enter(before);
    }
    planNext();
  }

  private void handleEvents() {
    List<Source> round = new ArrayList<>(ready);
    ready.clear();
    int[] descriptors = new int[round.size()];
    int[] events = new int[round.size()];
    for (int i = 0; i < events.length; i++) {
      descriptors[i] = round.get(i).descriptor();
      events[i] = round.get(i).events();
    }
    for (int i = 0; i < events.length; i++) {
      runPressing();
      if (events[i] != 0) {
        int descriptor = descriptors[i];
        int reported = events[i];
        guarded(() -> process.dispatch(descriptor, reported));
      }
    }
    for (Source source : round) {
      if (source.descriptor() >= 0 && source.events() != 0) {
        ready.add(source);
      }
    }
  }

  private void runTasks() {
    long now = ticker.nanoTime();
    for (Runnable due = pollScheduledTask(now); due != null; due = pollScheduledTask(now)) {
      tasks.add(due);
    }
    runPressing();
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      guarded(task);
      runPressing();
    }
  }

  private void runPressing() {
    for (Runnable task = pressing.poll(); task != null; task = pressing.poll()) {
      guarded(task);
    }
  }

  private void guarded(Runnable task) {
    if (process.dead()) {
      return;
    }
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      process.failed(e);
    }
  }

  private void planNext() {
    if (!ready.isEmpty() || !pressing.isEmpty()) {
      wakeSoon();
    }
    long deadline = nextScheduledTaskDeadlineNanos();
    if (deadline >= 0) {
      wakeAt(process.clock().trueTime(deadline));
    }
  }

  private final class LoopTicker implements Ticker {
    @Override
    public long initialNanoTime() {
      return 0;
    }

    @Override
    public long nanoTime() {
      return process.clock().nanoTime();
    }

    @Override
    public void sleep(long delay, TimeUnit unit) {
      throw new UnsupportedOperationException("an event loop never sleeps");
    }
  }

  @Override
  public Ticker ticker() {
    return ticker;
  }

  @Override
  public boolean inEventLoop(Thread thread) {
    return runs();
  }

  @Override
  public EventLoopGroup parent() {
    return this;
  }

  @Override
  public EventLoop next() {
    return this;
  }

  @Override
  public ChannelFuture register(Channel channel) {
    return register(new DefaultChannelPromise(channel, this));
  }

  @Override
  public ChannelFuture register(ChannelPromise promise) {
    promise.channel().unsafe().register(this, promise);
    return promise;
  }

  @Override
  @Deprecated
  public ChannelFuture register(Channel channel, ChannelPromise promise) {
    channel.unsafe().register(this, promise);
    return promise;
  }

  @Override
  public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
    shutdown = true;
    return terminationFuture();
  }

  @Override
  public Future<?> terminationFuture() {
    return newSucceededFuture(null);
  }

  @Override
  @Deprecated
  public void shutdown() {
    shutdown = true;
  }

  @Override
  public boolean isShuttingDown() {
    return shutdown;
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
