package io.trunkline.daemon.upgrade;

import io.netty.channel.EventLoopGroup;
import io.trunkline.daemon.status.PredecessorReport;
import io.trunkline.daemon.status.UpgradeAnswer;
import io.trunkline.routing.Event;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Hands the service over to a new process of the program that is installed now. Whatever goes wrong
 * before the new one has everything, this process goes on as if nothing had been tried.
 */
public final class Upgrade implements AutoCloseable {
  /** For VIPs that change hands just now. */
  private static final Duration VIPS_SETTLE = Duration.ofSeconds(5);

  private final List<String> command;
  private final Path socket;
  private final HandoverSource source;
  private final EventLoopGroup loop;
  private final EventSink events;
  private final InstantSource clock;
  private final AtomicBoolean underWay = new AtomicBoolean();
  private final CompletableFuture<Void> succeeded = new CompletableFuture<>();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("upgrade").factory());
  private volatile Optional<Successor> successor = Optional.empty();

  /**
   * @param command the program and its arguments, as this process was started; empty: unknown
   * @param socket where the two processes meet
   */
  public Upgrade(
      List<String> command,
      Path socket,
      HandoverSource source,
      EventLoopGroup loop,
      EventSink events,
      InstantSource clock) {
    this.command = List.copyOf(command);
    this.socket = socket;
    this.source = source;
    this.loop = loop;
    this.events = events;
    this.clock = clock;
    ProcessLauncher.keepProgramOpen();
  }

  /** Does it, as somebody of that name asks. */
  public CompletableFuture<UpgradeAnswer> begin(String by) {
    Optional<String> obstacle = source.obstacle();
    if (obstacle.isPresent()) {
      return CompletableFuture.completedFuture(UpgradeAnswer.failed(obstacle.get()));
    }
    if (command.isEmpty()) {
      return CompletableFuture.completedFuture(
          UpgradeAnswer.failed("the daemon was not started by bin/trunkline: restart it instead"));
    }
    if (!underWay.compareAndSet(false, true)) {
      return CompletableFuture.completedFuture(
          UpgradeAnswer.failed("another upgrade is under way"));
    }
    return CompletableFuture.supplyAsync(() -> now(by), thread);
  }

  private UpgradeAnswer now(String by) {
    emit(EventName.UPGRADE_STARTED, "by", by);
    try {
      Successor next = Successor.start(command, socket, loop);
      handOver(next, leave(next));
      return new UpgradeAnswer(true, next.process(), next.info().version(), source.sessions(), "");
    } catch (IOException | RuntimeException e) {
      underWay.set(false);
      String why = "the new process failed, the old one goes on: " + e.getMessage();
      emit(EventName.UPGRADE_FAILED, "by", by, "why", why);
      return UpgradeAnswer.failed(why);
    }
  }

  /** It has everything: whatever happens to this process now, that one serves, and it alone. */
  private void handOver(Successor next, HandoverState state) {
    try {
      source.succeededBy(next.process(), next.info().version(), state);
    } catch (RuntimeException e) {
      emit(EventName.UPGRADE_INCOMPLETE, "to_process", next.process(), "error", e);
    } finally {
      next.confirm();
      successor = Optional.of(next);
      succeeded.complete(null);
    }
  }

  private HandoverState leave(Successor next) throws IOException {
    CompletableFuture<HandoverState> leaving = new CompletableFuture<>();
    try {
      next.give(source.sockets());
      leaving = source.passOn(next.info());
      HandoverState state = settled(leaving);
      next.leave(state);
      return state;
    } catch (IOException e) {
      next.dismiss();
      leaving.thenAccept(source::takeBack);
      throw e;
    }
  }

  private static HandoverState settled(CompletableFuture<HandoverState> leaving)
      throws IOException {
    try {
      return leaving.get(VIPS_SETTLE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("a VIP changes hands just now: try again", e);
    } catch (ExecutionException | InterruptedException e) {
      throw new IOException("the VIPs could not be passed on: " + e.getMessage(), e);
    }
  }

  /** Completes when a new process is the service. */
  public CompletableFuture<Void> succeeded() {
    return succeeded;
  }

  /** Tells the new process that this one works: at least once a second while it does. */
  public void alive() {
    successor.ifPresent(Successor::alive);
  }

  /** Tells the new process of the sessions that are left here. */
  public void tell(PredecessorReport report) {
    successor.ifPresent(it -> it.tell(report));
  }

  /** Hears the new process; completes when it stops, or wants this one to. */
  public CompletableFuture<Void> stopped() {
    CompletableFuture<Void> stop = new CompletableFuture<>();
    successor.ifPresent(it -> thread.execute(() -> it.hear(stop, source::endSessionsThrough)));
    return stop;
  }

  private void emit(EventName name, Object... fields) {
    events.emit(Event.of(clock.instant(), name, fields));
  }

  @Override
  public void close() {
    successor.ifPresent(Successor::close);
    thread.shutdownNow();
  }
}
