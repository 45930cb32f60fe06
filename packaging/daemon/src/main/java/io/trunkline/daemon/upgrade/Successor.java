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

  private static final StatusJson JSON = new StatusJson();

  private final Tether tether;
  private final ProcessHandle process;
  private final Claims claims;

  private Successor(Tether tether, ProcessHandle process, Claims claims) {
    this.tether = tether;
    this.process = process;
    this.claims = claims;
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
    Tether.Initializer tethers = new Tether.Initializer();
    Files.deleteIfExists(socket);
    ChannelFuture listening =
        new ServerBootstrap()
            .group(loop)
            .channel(EpollServerDomainSocketChannel.class)
            .childHandler(tethers)
            .bind(new DomainSocketAddress(socket.toFile()))
            .awaitUninterruptibly();
    try {
      if (!listening.isSuccess()) {
        throw new IOException(
            "%s: %s".formatted(socket, listening.cause().getMessage()), listening.cause());
      }
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      ProcessHandle process = Offspring.start(command, socket);
      try {
        return meet(tethers.tether(), process);
      } catch (IOException e) {
        process.destroyForcibly();
        throw e;
      }
    } finally {
      listening.channel().close();
      Files.deleteIfExists(socket);
    }
  }

  private static Successor meet(CompletableFuture<Tether> coming, ProcessHandle process)
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
      throw new IOException(Offspring.ENDED);
    }
    Tether tether = coming.join();
    if (tether.peer() != process.pid()) {
      tether.close();
      throw new IOException("a stranger, process %d, came instead".formatted(tether.peer()));
    }
    Claims claims = JSON.read(tether.receive("hello", STEP), Claims.class);
    return new Successor(tether, process, claims);
  }

  Claims claims() {
    return claims;
  }

  long process() {
    return process.pid();
  }

  /** Gives it the sockets; returns when it accepts on them. */
  void give(Map<HostPort, FileDescriptor> sockets) throws IOException {
    Map<HostPort, FileDescriptor> ordered = new LinkedHashMap<>(sockets);
    tether.send("sockets " + JSON.write(ordered.keySet()));
    tether.receive("send", STEP);
    tether.send(List.copyOf(ordered.values()));
    tether.receive("ready", START);
  }

  /** Leaves it the rest; returns when it has taken it. */
  void leave(Legacy legacy) throws IOException {
    tether.send("legacy " + JSON.write(legacy));
    tether.receive("done", STEP);
  }

  /** From now on it is the service. */
  void confirm() {
    tether.send("main");
  }

  /** This process works: a sign of life has passed through all that its sessions need. */
  void alive() {
    tether.send(Predecessor.ALIVE);
  }

  void tell(PredecessorReport report) {
    tether.send("sessions " + JSON.write(report));
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
        String line = tether.receive();
        if (line.startsWith(Predecessor.LEAVE)) {
          InetAddress[] addresses =
              JSON.read(line.substring(Predecessor.LEAVE.length()), InetAddress[].class);
          leave
              .apply(List.of(addresses))
              .thenAccept(count -> tether.send(Predecessor.LEFT + count));
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
    tether.close();
    process.destroyForcibly();
  }

  @Override
  public void close() {
    tether.close();
  }
}
