package io.trunkline.daemon.log;

import io.trunkline.routing.Event;
import io.trunkline.routing.Event.Severity;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/** Turns what libraries log (Netty, gRPC, jetcd, by way of java.util.logging) into events. */
final class LibraryLog extends Handler {
  private static final int FRAMES = 6;

  private final EventSink events;
  private final InstantSource clock;
  private final Throttle throttle = new Throttle(Duration.ofSeconds(10), 512);
  private final SimpleFormatter formatter = new SimpleFormatter();

  LibraryLog(EventSink events, InstantSource clock) {
    this.events = events;
    this.clock = clock;
  }

  @Override
  public void publish(LogRecord line) {
    if (line.getLevel().intValue() < least(String.valueOf(line.getLoggerName())).intValue()) {
      return;
    }
    String message = formatter.formatMessage(line);
    OptionalInt leftOut = throttle.pass(line.getLoggerName() + '\0' + message, clock.instant());
    if (leftOut.isEmpty()) {
      return;
    }
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("logger", String.valueOf(line.getLoggerName()));
    fields.put("message", message);
    if (line.getThrown() != null) {
      fields.put("error", line.getThrown().toString());
      fields.put("stack", stack(line.getThrown()));
    }
    if (leftOut.getAsInt() > 0) {
      fields.put("left_out", String.valueOf(leftOut.getAsInt()));
    }
    boolean severe = line.getLevel().intValue() >= Level.SEVERE.intValue();
    events.emit(
        new Event(
            clock.instant(),
            severe ? Severity.ERROR : Severity.WARN,
            EventName.LIBRARY_MESSAGE,
            fields));
  }

  /** jetcd and gRPC warn of every read that fails; the observer tells of etcd's state once. */
  private static Level least(String logger) {
    if (logger.startsWith("io.etcd.")) {
      return Level.OFF;
    }
    return logger.startsWith("io.grpc.") ? Level.SEVERE : Level.WARNING;
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}

  /** The innermost frames of the root cause. */
  private static String stack(Throwable thrown) {
    Throwable root = thrown;
    for (int depth = 0; root.getCause() != null && depth < 16; depth++) {
      root = root.getCause();
    }
    StringBuilder frames = new StringBuilder();
    if (!root.equals(thrown)) {
      frames.append(root).append(" ");
    }
    StackTraceElement[] trace = root.getStackTrace();
    for (int i = 0; i < Math.min(FRAMES, trace.length); i++) {
      frames.append(i == 0 ? "at " : " < ").append(trace[i]);
    }
    return frames.toString();
  }
}
