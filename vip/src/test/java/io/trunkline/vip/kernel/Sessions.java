package io.trunkline.vip.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Connections to a node that it keeps until it lets its address go. */
final class Sessions {
  static final int PORT = 5432;

  private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
  private volatile boolean stuck;

  void listen() throws IOException {
    ServerSocket server = new ServerSocket(PORT);
    Thread.ofPlatform().daemon().start(() -> accept(server));
  }

  private void accept(ServerSocket server) {
    try {
      while (true) {
        open.add(server.accept());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
}
