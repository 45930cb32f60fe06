package io.trunkline.daemon.upgrade;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.trunkline.config.HostPort;
import io.trunkline.daemon.status.PredecessorReport;
import io.trunkline.daemon.status.StatusJson;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** The process that takes over from this one, as this one deals with it. */
final class Successor implements AutoCloseable {
  /** A start: the runtime, the first look at every cluster. */
  private static final Duration START = Duration.ofSeconds(60);

  /** Anything else. */
  private static final Duration STEP = Duration.ofSeconds(10);

  private final HandoverChannel channel;
  private final ProcessHandle process;
  private final ProcessInfo info;

  private Successor(HandoverChannel channel, ProcessHandle process, ProcessInfo info) {
    this.channel = channel;
    this.process = process;
    this.info = info;
  }

  /**
   * Starts one and waits until it has seen the clusters.
   *
   * @param command the program and its arguments
   * @param socket where the two meet; removed when they have met
   * @throws IOException saying why there is none
   */
  static Successor start(List<String> command, Path socket, EventLoopGroup loop)
      throws IOException {
    HandoverChannel.Initializer initializer = new HandoverChannel.Initializer();
    Files.deleteIfExists(socket);
    ChannelFuture listening =
        new ServerBootstrap()
            .group(loop)
            .channel(EpollServerDomainSocketChannel.class)
            .childHandler(initializer)
            .bind(new DomainSocketAddress(socket.toFile()))
            .awaitUninterruptibly();
    try {
      if (!listening.isSuccess()) {
        throw new IOException(
            "%s: %s".formatted(socket, listening.cause().getMessage()), listening.cause());
      }
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      ProcessHandle process = ProcessLauncher.start(command, socket);
      try {
        return meet(initializer.first(), process);
      } catch (IOException e) {
        process.destroyForcibly();
        throw e;
      }
    } finally {
      listening.channel().close();
      Files.deleteIfExists(socket);
    }
  }

  private static Successor meet(CompletableFuture<HandoverChannel> coming, ProcessHandle process)
      throws IOException {
    CompletableFuture<ProcessHandle> ended = process.onExit();
    try {
      CompletableFuture.anyOf(coming, ended).get(START.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("it was not ready within " + START.toSeconds() + " s", e);
    } catch (ExecutionException | InterruptedException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
    if (!coming.isDone()) {
      throw new IOException(ProcessLauncher.ENDED);
    }
    HandoverChannel channel = coming.join();
    if (channel.peer() != process.pid()) {
      channel.close();
      throw new IOException("a stranger, process %d, came instead".formatted(channel.peer()));
    }
    ProcessInfo info = StatusJson.read(channel.receive("hello", STEP), ProcessInfo.class);
    return new Successor(channel, process, info);
  }

  ProcessInfo info() {
    return info;
  }

  long process() {
    return process.pid();
  }

  /** Gives it the sockets; returns when it accepts on them. */
  void give(Map<HostPort, FileDescriptor> sockets) throws IOException {
    Map<HostPort, FileDescriptor> ordered = new LinkedHashMap<>(sockets);
    channel.send("sockets " + StatusJson.write(ordered.keySet()));
    channel.receive("send", STEP);
    channel.send(List.copyOf(ordered.values()));
    channel.receive("ready", START);
  }

  /** Leaves it the rest; returns when it has taken it. */
  void leave(HandoverState state) throws IOException {
    channel.send("legacy " + StatusJson.write(state));
    channel.receive("done", STEP);
  }

  /** From now on it is the service. */
  void confirm() {
    channel.send("main");
  }

  /** This process works: a sign of life has passed through all that its sessions need. */
  void alive() {
    channel.send(Predecessor.ALIVE);
  }

  void tell(PredecessorReport report) {
    channel.send("sessions " + StatusJson.write(report));
  }

  /**
   * Hears it until it is gone.
   *
   * @param stop completes when it stops, or wants this process to
   * @param leave ends the sessions that came in through those addresses, and counts them
   */
  void hear(
      CompletableFuture<Void> stop, Function<List<InetAddress>, CompletableFuture<Integer>> leave) {
    try {
      while (true) {
        String line = channel.receive();
        if (line.startsWith(Predecessor.LEAVE)) {
          InetAddress[] addresses =
              StatusJson.read(line.substring(Predecessor.LEAVE.length()), InetAddress[].class);
          leave
              .apply(List.of(addresses))
              .thenAccept(count -> channel.send(Predecessor.LEFT + count));
        } else {
          stop.complete(null);
        }
      }
    } catch (IOException e) {
      stop.complete(null);
    }
  }

  /** It failed: it is not to go on. */
  void dismiss() {
    channel.close();
    process.destroyForcibly();
  }

  @Override
  public void close() {
    channel.close();
  }
}
