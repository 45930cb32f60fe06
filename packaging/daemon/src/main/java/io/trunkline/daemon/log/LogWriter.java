package io.trunkline.daemon.log;

import io.trunkline.routing.Event;
import io.trunkline.routing.Event.Severity;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes events on a thread of its own. Whoever emits one never waits: what does not fit into the
 * queue, or cannot be written, is dropped and counted, and the count is told once there is room.
 */
final class LogWriter implements EventSink, AutoCloseable {
  private static final int QUEUE = 8_192;
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final BlockingQueue<Event> queue;
  private final Severity least;
  private final LineFormat format;
  private final OutputStream out;
  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread;
  private volatile boolean closing;
  private long told;

  LogWriter(Severity least, LineFormat format, OutputStream out) {
    this(least, format, out, QUEUE);
  }

  LogWriter(Severity least, LineFormat format, OutputStream out, int capacity) {
    this.queue = new ArrayBlockingQueue<>(capacity);
    this.least = least;
    this.format = format;
    this.out = out;
    this.thread = Thread.ofPlatform().name("log").daemon().unstarted(this::write);
  }

  LogWriter start() {
    thread.start();
    return this;
  }

  @Override
  public void emit(Event event) {
    if (event.severity().compareTo(least) < 0) {
      return;
    }
    if (!queue.offer(event)) {
      dropped.incrementAndGet();
    }
  }

  /** How many events were dropped so far. */
  long dropped() {
    return dropped.get();
  }

  /** Writes what is queued, for a bounded time. */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      thread.join(LAST_WORDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    List<Event> batch = new ArrayList<>();
    while (!closing) {
      try {
        batch.add(queue.take());
      } catch (InterruptedException e) {
        break;
      }
      queue.drainTo(batch, 255);
      print(batch);
    }
    queue.drainTo(batch);
    print(batch);
  }

  private void print(List<Event> batch) {
    if (batch.isEmpty()) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    batch.forEach(event -> lines.append(format.format(event)).append('\n'));
    long lost = dropped.get();
    if (lost > told) {
      Event notice = droppedEvents(lost - told, batch.getLast().at());
      lines.append(format.format(notice)).append('\n');
    }
    try {
      out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
      out.flush();
      told = lost;
    } catch (IOException e) {
      // A full disk, or nobody reads the log any more: the daemon goes on.
      dropped.addAndGet(batch.size());
    }
    batch.clear();
  }

  private static Event droppedEvents(long count, Instant at) {
    return Event.of(at, EventName.LOG_LINES_DROPPED, "count", count);
  }
}
