package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.LabException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Logs in to both servers until both have let it in. */
final class SessionProbe {
  private static final int PROTOCOL = 196_608;
  private static final int ATTEMPT_MILLIS = 5000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration STEP = Duration.ofMillis(2);

  private SessionProbe() {}

  /** {@link System#nanoTime} when the first answers had come. */
  static long firstAnswer(Contender contender) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      if (letIn(contender, contender.postgres()) && letIn(contender, contender.fake())) {
        return System.nanoTime();
      }
      Daemon.pause(STEP);
    }
    throw new LabException(contender.way().title() + " answered no session within " + PATIENCE);
  }

  private static boolean letIn(Contender contender, int port) {
    byte[] parameters =
        "user\0postgres\0database\0postgres\0\0".getBytes(StandardCharsets.US_ASCII);
    byte[] startup =
        ByteBuffer.allocate(8 + parameters.length)
            .putInt(8 + parameters.length)
            .putInt(PROTOCOL)
            .put(parameters)
            .array();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(contender.address(), port), ATTEMPT_MILLIS);
      socket.setSoTimeout(ATTEMPT_MILLIS);
      socket.getOutputStream().write(startup);
      return socket.getInputStream().read() == 'R';
    } catch (IOException e) {
      return false;
    }
  }
}
