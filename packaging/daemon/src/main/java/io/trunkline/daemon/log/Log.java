package io.trunkline.daemon.log;

import io.trunkline.config.LogConfig;
import io.trunkline.routing.Event;
import io.trunkline.routing.Event.Severity;
import io.trunkline.routing.EventSink;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.time.InstantSource;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** The daemon's log on standard error, its own events and those of libraries. */
public final class Log implements EventSink, AutoCloseable {
  private final LogWriter writer;

  private Log(LogWriter writer) {
    this.writer = writer;
  }

  /** Starts to log; from now on libraries' messages come here as well. */
  public static Log open(LogConfig config, Map<String, String> environment, InstantSource clock) {
    LogWriter writer =
        new LogWriter(
                severity(config.level()),
                format(config.format(), Journal.isStandardError(environment)),
                new FileOutputStream(FileDescriptor.err))
            .start();
    Log log = new Log(writer);
    adoptLibraries(new LibraryLog(log, clock));
    return log;
  }

  @Override
  public void emit(Event event) {
    writer.emit(event);
  }

  /** How many lines were dropped because standard error did not take them in time. */
  public long dropped() {
    return writer.dropped();
  }

  /** Writes what is left; later events are lost. */
  @Override
  public void close() {
    writer.close();
  }

  static LineFormat format(LogConfig.Format format, boolean journal) {
    LineFormat line =
        switch (format) {
          case TEXT -> new LineFormat.Text(!journal);
          case JSON -> new LineFormat.Json();
        };
    return journal ? new LineFormat.Prioritized(line) : line;
  }

  private static Severity severity(LogConfig.Level level) {
    return switch (level) {
      case DEBUG -> Severity.DEBUG;
      case INFO -> Severity.INFO;
      case WARN -> Severity.WARN;
      case ERROR -> Severity.ERROR;
    };
  }

  private static void adoptLibraries(Handler handler) {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.setLevel(Level.WARNING);
    root.addHandler(handler);
  }
}
