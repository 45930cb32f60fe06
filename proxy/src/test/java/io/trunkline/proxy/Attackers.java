package io.trunkline.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Clients that do what no client should, many at once. */
final class Attackers {
  private static final long PATIENCE_SECONDS = 30;

  private Attackers() {}

  /** Bytes that are no beginning of a session. */
  static List<byte[]> noOpenings() {
    return List.of(
        "GET / HTTP/1.1\r\nHost: db\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
        "SSH-2.0-OpenSSH_9.9\r\n".getBytes(StandardCharsets.US_ASCII),
        new byte[] {0x15, 3, 3, 0, 2, 2, 0x28}, // a TLS alert
        new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0, 3, 0, 0}, // -1
        new byte[] {0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0, 3, 0, 0}, // 2 GB
        new byte[] {(byte) 0x80, 0, 0, 0, 0, 3, 0, 0}, // the least number
        new byte[] {0, 0, 0, 0, 0, 3, 0, 0},
        new byte[] {0, 0, 0, 7, 0, 3, 0, 0},
        new byte[] {0, 0, 0x27, 0x15, 0, 3, 0, 0}, // 10 005
        new byte[] {0, 0, 0, 9, 0, 3, 0, 0, 'x'});
  }

  /** Runs them side by side; what each of them has come to, in their order. */
  static <T> List<T> all(List<Callable<T>> attacks) throws Exception {
    List<T> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> running = attacks.stream().map(threads::submit).toList();
      for (Future<T> each : running) {
        results.add(each.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
      }
    }
    return results;
  }

  /**
   * Sends those bytes, and reads until the other side has had enough.
   *
   * @return the answer
   * @throws SocketTimeoutException when it does not end
   */
  static String send(Socket client, byte[] bytes) throws IOException {
    try {
      client.getOutputStream().write(bytes);
    } catch (IOException reset) {
      return "";
    }
    return untilTheEnd(client);
  }

  /** What is still to be read; a reset is an end. */
  static String untilTheEnd(Socket client) throws SocketTimeoutException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try {
      client.getInputStream().transferTo(answer);
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException reset) {
      // It is over.
    }
    return answer.toString(StandardCharsets.ISO_8859_1);
  }

  /** Closes with a reset. */
  static void reset(Socket client) throws IOException {
    client.setSoLinger(true, 0);
    client.close();
  }
}
