package io.trunkline.loadtest.relay;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabOptions;
import io.trunkline.loadtest.lab.ProxyKind;
import io.trunkline.loadtest.lab.ProxyNode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * A client that reads a large COPY slowly: {@code SlowReader MEGABYTES MEGABYTES_PER_SECOND}.
 * Prints the resident memory of the proxy as it goes; it must not grow with what PostgreSQL has to
 * send.
 */
public final class SlowReader {
  private static final int ROW = 1000;
  private static final long MEGABYTE = 1_000_000;
  private static final int LINES = 20;

  private SlowReader() {}

  /**
   * @param args how much to transfer, in MB, and how fast to read it, in MB/s
   */
  public static void main(String[] args) throws SQLException, IOException {
    long total = Long.parseLong(args[0]) * MEGABYTE;
    long rate = Long.parseLong(args[1]) * MEGABYTE;
    try (Lab lab = Lab.start(LabOptions.plain().withProxies(ProxyKind.TRUNKLINE))) {
      lab.awaitServing(5000, Duration.ofSeconds(30));
      ProxyNode proxy = lab.proxy(1);
      long before = resident(proxy);
      System.out.printf("%8s %12s %14s%n", "seconds", "received MB", "resident MB");
      System.out.printf("%8d %12d %14.1f%n", 0, 0, before / 1024.0);
      try (Connection connection = lab.target(proxy, 5000).connect()) {
        read(connection, total, rate, proxy);
      }
      System.out.printf(
          "before %.1f MB, after %.1f MB%n", before / 1024.0, resident(proxy) / 1024.0);
    }
  }

  private static void read(Connection connection, long total, long rate, ProxyNode proxy)
      throws SQLException, IOException {
    CopyOut copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut(
                "copy (select repeat('x', %d) from generate_series(1, %d)) to stdout"
                    .formatted(ROW - 1, total / ROW));
    Instant start = Instant.now();
    long received = 0;
    long nextLine = total / LINES;
    for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
      received += row.length;
      long due = received * 1_000_000_000 / rate;
      LockSupport.parkNanos(due - Duration.between(start, Instant.now()).toNanos());
      if (received >= nextLine) {
        System.out.printf(
            "%8d %12d %14.1f%n",
            Duration.between(start, Instant.now()).toSeconds(),
            received / MEGABYTE,
            resident(proxy) / 1024.0);
        nextLine += total / LINES;
      }
    }
  }

  /** In kB, from {@code /proc}. */
  private static long resident(ProxyNode proxy) {
    String status = proxy.exec("sh", "-c", "cat /proc/$(svc alive trunkline)/status | grep VmRSS");
    return Long.parseLong(status.replaceAll("[^0-9]", ""));
  }
}
