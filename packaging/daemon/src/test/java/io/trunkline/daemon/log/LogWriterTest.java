package io.trunkline.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.routing.Event;
import io.trunkline.routing.Event.Severity;
import io.trunkline.routing.EventName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LogWriterTest {
  private static final LineFormat NAMES =
      event -> event.fields().getOrDefault("n", event.label() + event.fields());

  private static Event event(Severity severity, String name) {
    return Event.of(Instant.EPOCH, severity, EventName.RELOADED, "n", name);
  }

  @Test
  void writesWhatIsSevereEnoughInOrder() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LogWriter writer = new LogWriter(Severity.INFO, NAMES, out).start();
    writer.emit(event(Severity.DEBUG, "no"));
    writer.emit(event(Severity.INFO, "a"));
    writer.emit(event(Severity.ERROR, "b"));
    writer.close();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("a\nb\n");
  }

  @Test
  void whoEmitsNeverWaitsForAStuckReader() throws InterruptedException {
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OutputStream slow =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new AssertionError("lines are written whole");
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            stuck.countDown();
            try {
              release.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            out.write(bytes, offset, length);
          }
        };
    LogWriter writer = new LogWriter(Severity.INFO, NAMES, slow, 10).start();
    writer.emit(event(Severity.INFO, "first"));
    stuck.await();
    for (int i = 0; i < 110; i++) {
      writer.emit(event(Severity.INFO, "more"));
    }
    assertThat(writer.dropped()).isEqualTo(100);
    release.countDown();
    writer.close();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .startsWith("first\nmore\n")
        .endsWith("more\nlog_lines_dropped{count=100}\n");
  }

  @Test
  void whatAFullDiskDidNotTakeIsCountedAndToldWhenThereIsRoom() throws InterruptedException {
    CountDownLatch refused = new CountDownLatch(1);
    AtomicBoolean full = new AtomicBoolean(true);
    ByteArrayOutputStream disk = new ByteArrayOutputStream();
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new AssertionError("lines are written whole");
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            if (full.get()) {
              refused.countDown();
              throw new IOException("No space left on device");
            }
            disk.write(bytes, offset, length);
          }
        };
    LogWriter writer = new LogWriter(Severity.INFO, NAMES, out).start();
    writer.emit(event(Severity.INFO, "lost"));
    refused.await();
    full.set(false);
    writer.emit(event(Severity.INFO, "kept"));
    writer.close();
    assertThat(writer.dropped()).isEqualTo(1);
    assertThat(disk.toString(StandardCharsets.UTF_8))
        .isEqualTo("kept\nlog_lines_dropped{count=1}\n");
  }
}
