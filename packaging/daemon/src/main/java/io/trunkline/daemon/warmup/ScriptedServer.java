package io.trunkline.daemon.warmup;

import io.trunkline.config.HostPort;
import io.trunkline.pgwire.scram.ScramError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Listens on loopback; each connection has a thread that runs a script. Whoever else connects can
 * take no more than {@link #MOST} of these, and none longer than the server lives.
 */
final class ScriptedServer implements AutoCloseable {
  /** The warm-up itself needs a few. */
  static final int MOST = 32;

  private static final int PATIENCE_MILLIS = 30_000;

  private final String name;
  private final Script script;
  private final ServerSocket socket = new ServerSocket(0, MOST, InetAddress.getLoopbackAddress());
  private final Set<Socket> peers = ConcurrentHashMap.newKeySet();

  /** What is said on one connection. */
  @FunctionalInterface
  interface Script {
    void run(Socket peer) throws IOException, ScramError;
  }

  /**
   * @param name of its threads
   */
  ScriptedServer(String name, Script script) throws IOException {
    this.name = name;
    this.script = script;
    Scripts.start(name, this::accept);
  }

  HostPort address() {
    return new HostPort(socket.getInetAddress().getHostAddress(), socket.getLocalPort());
  }

  private void accept() throws IOException {
    while (true) {
      Socket peer = socket.accept();
      if (peers.size() < MOST) {
        peers.add(peer);
        Scripts.start(name + " peer", () -> serve(peer));
      } else {
        peer.close();
      }
    }
  }

  private void serve(Socket peer) throws IOException, ScramError {
    try (peer) {
      peer.setTcpNoDelay(true);
      peer.setSoTimeout(PATIENCE_MILLIS);
      if (!socket.isClosed()) {
        script.run(peer);
      }
    } finally {
      peers.remove(peer);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    for (Socket peer : peers) {
      peer.close();
    }
  }
}
