package io.trunkline.daemon.upgrade;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.FileDescriptor;
import io.trunkline.config.HostPort;
import io.trunkline.daemon.status.PredecessorReport;
import io.trunkline.daemon.status.StatusJson;
import io.trunkline.proxy.listener.InheritedSockets;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The process that this one takes over from, as this one deals with it.
 *
 * <p>It keeps its sessions, and fences them itself. Who fences it, should it hang, is this process:
 * it gives signs of life that have passed through each of its loops; without them it is ended, and
 * the kernel ends its sessions.
 */
public final class Predecessor {
  static final String LEAVE = "leave ";
  static final String LEFT = "left ";
  static final String ALIVE = "alive";
  private static final Duration STEP = Duration.ofSeconds(10);

  /** Without a sign of life for this long it hangs. Nanoseconds. */
  private static final long SILENT = Duration.ofSeconds(5).toNanos();

  /** More than this counts as no more: it was this process that stood still. */
  private static final Duration MOMENT = Duration.ofMillis(500);

  private final HandoverChannel channel;
  private final long process;
  private final Queue<CompletableFuture<Integer>> leaving = new ConcurrentLinkedQueue<>();
  private volatile Optional<PredecessorReport> report = Optional.empty();

  private Predecessor(HandoverChannel channel) throws IOException {
    this.channel = channel;
    this.process = channel.peer();
  }

  /** Where it waits; empty if this process succeeds none. */
  public static Optional<Path> waiting(Map<String, String> environment) {
    return Optional.ofNullable(environment.get(ProcessLauncher.SUCCEEDS)).map(Path::of);
  }

  /**
   * Meets it.
   *
   * @throws IOException if it does not wait any more
   */
  public static Predecessor meet(Path socket, EventLoopGroup loop) throws IOException {
    return new Predecessor(HandoverChannel.connect(socket, loop));
  }

  /** Says who comes, and gets its sockets. */
  public InheritedSockets sockets(ProcessInfo info) throws IOException {
    channel.send("hello " + StatusJson.write(info));
    HostPort[] addresses = StatusJson.read(channel.receive("sockets", STEP), HostPort[].class);
    List<FileDescriptor> descriptors = channel.receiveSockets(addresses.length, "send", STEP);
    Map<HostPort, FileDescriptor> sockets = new LinkedHashMap<>();
    for (int i = 0; i < addresses.length; i++) {
      sockets.put(addresses[i], descriptors.get(i));
    }
    return new InheritedSockets(sockets);
  }

  /** This process accepts; gets the rest. */
  public HandoverState state() throws IOException {
    channel.send("ready");
    return StatusJson.read(channel.receive("legacy", STEP), HandoverState.class);
  }

  /**
   * This process has taken everything; returns when it is the service.
   *
   * @param hung runs when the other one is ended because it gave no sign of life
   */
  public void succeed(Runnable hung) throws IOException {
    channel.send("done");
    channel.receive("main", STEP);
    Thread.ofPlatform().daemon().name("predecessor").start(() -> listen(hung));
  }

  private void listen(Runnable hung) {
    // One of an earlier version gives none, and is not waited for.
    boolean watched = false;
    long silent = 0;
    try {
      while (silent < SILENT || !watched) {
        long asked = System.nanoTime();
        Optional<String> line = channel.receive(MOMENT);
        if (line.filter(ALIVE::equals).isPresent()) {
          watched = true;
          silent = 0;
        } else {
          silent += Math.min(System.nanoTime() - asked, MOMENT.toNanos());
        }
        if (line.isPresent()) {
          hear(line.get());
        }
      }
      hung.run();
      ProcessHandle.of(process).ifPresent(ProcessHandle::destroyForcibly);
      channel.close();
    } catch (IOException e) {
      // It has ended.
    }
    report = Optional.empty();
    leaving.forEach(it -> it.complete(0));
  }

  /** A line that cannot be read says nothing: the other process is watched all the same. */
  private void hear(String line) {
    if (line.startsWith("sessions ")) {
      try {
        report = Optional.of(StatusJson.read(line.substring(9), PredecessorReport.class));
      } catch (JsonProcessingException e) {
        report = Optional.empty();
      }
    } else if (line.startsWith(LEFT) && !leaving.isEmpty()) {
      leaving.remove().complete(count(line.substring(LEFT.length())));
    }
  }

  /** A number of sessions; 0 for what is no number. */
  static int count(String text) {
    return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
  }

  /** Its number, as the kernel knows it. */
  public long process() {
    return process;
  }

  /** What it has last said of itself; empty once it has ended. */
  public Optional<PredecessorReport> report() {
    return report;
  }

  /** Has it end its sessions that came in through those addresses; completes with their number. */
  public CompletableFuture<Integer> endSessionsThrough(Collection<InetAddress> addresses) {
    CompletableFuture<Integer> ended = new CompletableFuture<>();
    leaving.add(ended);
    channel.send(LEAVE + StatusJson.write(addresses));
    if (channel.closed().isDone()) {
      ended.complete(0);
    }
    return ended;
  }

  /** Has it drain its sessions soon; completes when it has ended. */
  public CompletableFuture<Void> stop() {
    channel.send("stop");
    return channel
        .closed()
        .thenCompose(
            _ ->
                ProcessHandle.of(process)
                    .map(ProcessHandle::onExit)
                    .orElseGet(() -> CompletableFuture.completedFuture(null)))
        .thenAccept(_ -> {});
  }

  /** This process gives up: the other one goes on. */
  public void close() {
    channel.close();
  }
}
