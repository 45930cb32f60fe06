package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.LabException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports to listen on. They are below those that Linux gives to outgoing connections
 * (ip_local_port_range begins at 32768): a churn of connections cannot take them.
 */
final class Ports {
  private static final int FIRST = 21_000;
  private static final int LAST = 29_999;

  private static final AtomicInteger NEXT =
      new AtomicInteger(FIRST + (int) (ProcessHandle.current().pid() % 400) * 20);

  private Ports() {}

  static int free() {
    for (int attempt = FIRST; attempt <= LAST; attempt++) {
      int port = NEXT.getAndUpdate(it -> it == LAST ? FIRST : it + 1);
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return port;
      } catch (IOException e) {
        // Somebody else's: the next one.
      }
    }
    throw new LabException("no port from " + FIRST + " to " + LAST + " is free");
  }
}
