package io.trunkline.packaging.admin;

import io.trunkline.routing.Event;
import io.trunkline.routing.EventSink;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The last events, numbered from 1. */
public final class EventHistory implements EventSink {
  private final int capacity;
  private final Deque<Event> events = new ArrayDeque<>();
  private long last;

  /**
   * @param capacity how many are kept
   */
  public EventHistory(int capacity) {
    this.capacity = capacity;
  }

  /** An event and its number. */
  record Numbered(long seq, Event event) {}

  @Override
  public synchronized void emit(Event event) {
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
