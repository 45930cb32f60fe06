package io.trunkline.vip.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Connections to a node that it keeps until it lets its address go. */
final class Sessions implements AutoCloseable {
  static final int PORT = 5432;

  private final ServerSocket server;
  private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
  private volatile boolean stuck;

  private Sessions(ServerSocket server) {
    this.server = server;
  }

  /** Not yet listening: {@link #listen}. */
  static Sessions unbound() throws IOException {
    return new Sessions(new ServerSocket());
  }

  void listen() throws IOException {
    server.bind(new InetSocketAddress(PORT));
    Thread.ofPlatform().daemon().start(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        open.add(server.accept());
      }
    } catch (IOException e) {
      if (!server.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** From now on nothing ends. */
  void stuck() {
    stuck = true;
  }

  CompletionStage<Void> end() {
    if (stuck) {
      return new CompletableFuture<>();
    }
    for (Socket each = open.poll(); each != null; each = open.poll()) {
      try {
        each.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return CompletableFuture.completedStage(null);
  }

  /** The port is free for the next node when this one says that it has ended. */
  @Override
  public void close() throws IOException {
    server.close();
  }
}
