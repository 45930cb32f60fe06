package io.trunkline.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.routing.Event;
import io.trunkline.routing.Event.Severity;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LibraryLogTest {
  private final List<Event> events = new ArrayList<>();
  private Instant now = Instant.EPOCH;
  private final LibraryLog log = new LibraryLog(events::add, () -> now);

  private static LogRecord line(Level level, String message) {
    return line("io.netty.channel.DefaultChannelPipeline", level, message);
  }

  private static LogRecord line(String logger, Level level, String message) {
    LogRecord line = new LogRecord(level, message);
    line.setLoggerName(logger);
    return line;
  }

  /** The observer tells once that etcd does not answer; jetcd and gRPC say it for every read. */
  @Test
  void echoesOfEtcdOutagesAreLeftOut() {
    log.publish(line("io.etcd.jetcd.impl.WatchImpl", Level.WARNING, "again"));
    log.publish(line("io.grpc.netty.NettyClientHandler", Level.WARNING, "again"));
    assertThat(events).isEmpty();
    log.publish(line("io.grpc.netty.NettyClientHandler", Level.SEVERE, "oh"));
    assertThat(events).extracting(Event::severity).containsExactly(Severity.ERROR);
  }

  @Test
  void onlyWarningsAndErrors() {
    log.publish(line(Level.INFO, "chatter"));
    log.publish(line(Level.WARNING, "hm"));
    log.publish(line(Level.SEVERE, "oh"));
    assertThat(events).extracting(Event::severity).containsExactly(Severity.WARN, Severity.ERROR);
    assertThat(events.getFirst().fields())
        .containsEntry("logger", "io.netty.channel.DefaultChannelPipeline")
        .containsEntry("message", "hm");
  }

  @Test
  void anExceptionIsOneLine() {
    LogRecord line = line(Level.WARNING, "failed {0}");
    line.setParameters(new Object[] {"badly"});
    line.setThrown(new IllegalStateException("outer", new IOException("reset")));
    log.publish(line);
    assertThat(events.getFirst().fields())
        .containsEntry("message", "failed badly")
        .containsEntry("error", "java.lang.IllegalStateException: outer")
        .hasEntrySatisfying(
            "stack", stack -> assertThat(stack).startsWith("java.io.IOException: reset at "));
  }

  @Test
  void repetitionIsCounted() {
    for (int i = 0; i < 1_000; i++) {
      log.publish(line(Level.WARNING, "again"));
    }
    now = now.plusSeconds(11);
    log.publish(line(Level.WARNING, "again"));
    assertThat(events).hasSize(2);
    assertThat(events.getLast().fields()).containsEntry("left_out", "999");
  }
}
