package io.trunkline.loadtest.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.workload.Sample;
import io.trunkline.loadtest.workload.Writer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** One line that says, twice a second, what the writer gets and what the proxy believes. */
final class LiveLine implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofMillis(500);

  private final ProxyNode proxy;
  private final Writer writer;
  private final boolean terminal = Boolean.getBoolean("trunkline.terminal");
  private final Thread thread;
  private volatile boolean closing;
  private String last = "";

  LiveLine(ProxyNode proxy, Writer writer) {
    this.proxy = proxy;
    this.writer = writer;
    this.thread = Thread.ofPlatform().daemon().name("live-line").start(this::run);
  }

  private void run() {
    while (!closing) {
      show();
      try {
        Thread.sleep(PERIOD);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** On a terminal the line is rewritten; elsewhere it is printed when it says something new. */
  private void show() {
    String believed = believed();
    String line = "%3d commits/s   %s".formatted(commitsPerSecond(), believed);
    String time = LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS).toString();
    if (terminal) {
      System.out.print("\r\033[K  " + time + "  " + line);
      System.out.flush();
    } else if (!believed.equals(last)) {
      System.out.println("  " + time + "  " + line);
    }
    last = believed;
  }

  private long commitsPerSecond() {
    List<Sample> samples = writer.samples();
    Instant since = Instant.now().minusSeconds(1);
    return samples.reversed().stream()
        .takeWhile(sample -> sample.end().isAfter(since))
        .filter(Sample::acknowledged)
        .count();
  }

  private String believed() {
    try {
      JsonNode write = proxy.status().path("clusters").path(0).path("write");
      String member = write.path("target").path("member").asText("");
      return "writes %s%s: %s"
          .formatted(
              write.path("state").asText(),
              member.isEmpty() ? "" : " → " + member,
              write.path("why").asText());
    } catch (LabException e) {
      return "the proxy does not answer";
    }
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (terminal) {
      System.out.println();
    }
  }
}
