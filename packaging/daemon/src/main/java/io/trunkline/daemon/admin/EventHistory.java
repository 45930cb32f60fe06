package io.trunkline.daemon.admin;

import io.trunkline.routing.Event;
import io.trunkline.routing.EventSink;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The last events, numbered from 1. */
public final class EventHistory implements EventSink {
  private final int capacity;
  private final Deque<Event> events = new ArrayDeque<>();
  private final List<Runnable> readers = new CopyOnWriteArrayList<>();
  private long last;

  /**
   * @param capacity how many are kept
   */
  public EventHistory(int capacity) {
    this.capacity = capacity;
  }

  record Numbered(long seq, Event event) {}

  /** Is called after each event, on the thread that told it; must not block. */
  void subscribe(Runnable reader) {
    readers.add(reader);
  }

  @Override
  public void emit(Event event) {
    keep(event);
    readers.forEach(Runnable::run);
  }

  private synchronized void keep(Event event) {
    if (events.size() == capacity) {
      events.removeFirst();
    }
    events.addLast(event);
    last++;
  }

  /** Those with a greater number than that, oldest first. */
  synchronized List<Numbered> since(long seq) {
    List<Numbered> found = new ArrayList<>();
    long number = last - events.size();
    for (Event event : events) {
      number++;
      if (number > seq) {
        found.add(new Numbered(number, event));
      }
    }
    return found;
  }

  /** The number of the newest; 0 if there is none. */
  synchronized long last() {
    return last;
  }
}
