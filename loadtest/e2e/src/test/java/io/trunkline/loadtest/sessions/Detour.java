package io.trunkline.loadtest.sessions;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * A port on loopback that leads to another place with every connection, in turns: a session goes
 * through one proxy node and the request to cancel it through the next, as after a VIP move.
 */
final class Detour implements AutoCloseable {
  private final ServerSocket server;

  private Detour(ServerSocket server) {
    this.server = server;
  }

  static Detour over(int port, String first, String second) throws IOException {
    Detour detour = new Detour(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.ofPlatform().daemon().start(() -> detour.accept(port, first, second));
    return detour;
  }

  int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void accept(int port, String first, String second) {
    for (int count = 0; !server.isClosed(); count++) {
      String host = count % 2 == 0 ? first : second;
      try {
        Socket client = server.accept();
        Socket proxy = new Socket(host, port);
        client.setTcpNoDelay(true);
        proxy.setTcpNoDelay(true);
        Thread.ofVirtual().start(() -> copy(client, proxy));
        Thread.ofVirtual().start(() -> copy(proxy, client));
      } catch (IOException e) {
        // Closed, or one connection less: its client sees that.
      }
    }
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // Both ends are closed now, which is all that there is to tell.
    }
  }
}
