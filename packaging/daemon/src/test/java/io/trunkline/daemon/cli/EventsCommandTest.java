package io.trunkline.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.status.EventsReport.EventReport;
import io.trunkline.testing.Await;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class EventsCommandTest {
  @TempDir Path directory;
  private Path socket;

  @BeforeEach
  void name() {
    socket = directory.resolve("s");
  }

  /** A page of the events of those numbers, by the daemon that started on that day. */
  private static String page(int day, int from, int last) {
    String events =
        IntStream.rangeClosed(from, last)
            .mapToObj(EventsCommandTest::event)
            .collect(Collectors.joining(","));
    return "{\"started_at\":\"2026-11-%dT00:00:00Z\",\"last\":%d,\"events\":[%s]}"
        .formatted(day, last, events);
  }

  private static String event(int seq) {
    return "{\"seq\":%d,\"at\":\"2026-11-21T10:00:00.12%dZ\",\"severity\":\"warn\","
            .formatted(seq, seq)
        + "\"event\":\"e%d\",\"fields\":{\"cluster\":\"main\",\"why\":\"no key\"}}".formatted(seq);
  }

  private RunResult run(String... more) {
    String[] args = ("events --socket " + socket + " " + String.join(" ", more)).strip().split(" ");
    return RunResult.of(args);
  }

  @Test
  void theLastOnesTheOldestFirst() throws IOException {
    try (var _ = new AnsweringDaemon(socket, _ -> page(1, 1, 3))) {
      RunResult result = run("-n", "2");
      assertThat(result.code()).isZero();
      assertThat(result.out().lines())
          .hasSize(2)
          .first()
          .asString()
          .matches(
              "2026-11-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.122\\S+ WARN  e2 cluster=main why=\"no key\"");
      assertThat(run("-n", "0").out()).isEmpty();
      assertThat(run().out().lines()).hasSize(3);
    }
  }

  @Test
  void asJsonEachOnALine() throws IOException {
    try (var _ = new AnsweringDaemon(socket, _ -> page(1, 1, 2))) {
      assertThat(run("--json").out()).isEqualTo(event(1) + "\n" + event(2) + "\n");
    }
  }

  @Test
  void theTimeIsThatOnTheReadersWall() {
    EventReport event =
        new EventReport(
            7, "2026-11-21T10:00:00.5Z", "info", "maintenance_started", Map.of("cluster", "a\nb"));
    EventScreen screen = new EventScreen(new TerminalText(false), ZoneId.of("Asia/Kolkata"));
    assertThat(screen.render(event))
        .isEqualTo("2026-11-21 15:30:00.500+05:30 INFO  maintenance_started cluster=\"a\\nb\"");
  }

  @Test
  void withoutADaemonThereIsNothingToFollow() {
    assertThat(run("-f").code()).isEqualTo(69);
    assertThat(run("-n", "-1").code()).isEqualTo(2);
  }

  @Test
  void followedThroughARestartOfTheDaemon() throws Exception {
    Printed out = new Printed();
    StringWriter err = new StringWriter();
    Console console =
        new Console(new PrintWriter(out), new PrintWriter(err, true), Map.of(), false);
    Thread command;
    try (var _ =
        new AnsweringDaemon(socket, line -> line.endsWith("=0") ? page(1, 1, 1) : page(1, 2, 2))) {
      command =
          Thread.ofVirtual()
              .start(() -> new Cli(console).execute("events", "-f", "--socket", socket.toString()));
      Await.until(() -> out.text().contains("e2 "));
    }
    Await.until(() -> err.toString().contains("is the daemon running?; waiting for the daemon"));
    try (var _ =
        new AnsweringDaemon(socket, line -> line.endsWith("=0") ? page(2, 4, 5) : page(2, 5, 5))) {
      Await.until(() -> out.text().contains("e5 "));
      out.gone = true;
      command.join();
    }
    assertThat(out.text().lines().map(line -> line.split(" +", 5)[3]))
        .startsWith("e1", "e2")
        .endsWith("e4", "e5")
        .doesNotContain("e3");
    assertThat(err.toString().lines()).as("said once").hasSize(1);
  }

  /** What was printed; the reader may go away. */
  private static final class Printed extends Writer {
    private final StringBuilder written = new StringBuilder();
    private volatile boolean gone;

    synchronized String text() {
      return written.toString();
    }

    @Override
    public synchronized void write(char[] buffer, int offset, int length) throws IOException {
      if (gone) {
        throw new IOException("broken pipe");
      }
      written.append(buffer, offset, length);
    }

    @Override
    public void flush() throws IOException {
      if (gone) {
        throw new IOException("broken pipe");
      }
    }

    @Override
    public void close() {}
  }
}
