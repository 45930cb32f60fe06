package io.trunkline.simulation.story;

import io.trunkline.routing.Event;
import io.trunkline.simulation.time.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What has happened, in the order of the true time: what was done to the machines, and what the
 * nodes told in their own events. It is written only if somebody is to read it.
 */
public final class Story {
  private final Scheduler scheduler;
  private final boolean written;
  private final List<String> lines = new ArrayList<>();

  /**
   * @param written whether somebody is to read it
   */
  public Story(Scheduler scheduler, boolean written) {
    this.scheduler = scheduler;
    this.written = written;
  }

  /** Something happened to that machine or program. */
  public void tell(String who, Supplier<String> what) {
    if (written) {
      lines.add("%s %-9s %s".formatted(moment(), who, what.get()));
    }
  }

  /** A node told that. */
  public void tell(String node, Event event) {
    if (written) {
      StringBuilder fields = new StringBuilder();
      event
          .fields()
          .forEach(
              (name, value) -> fields.append(' ').append(name).append('=').append(quoted(value)));
      tell(node, () -> event.severity() + " " + event.label() + fields);
    }
  }

  private static String quoted(String value) {
    return value.indexOf(' ') < 0 ? value : '"' + value + '"';
  }

  private String moment() {
    return String.format(
        Locale.ROOT, "%10.6f", scheduler.now() / (double) TimeUnit.SECONDS.toNanos(1));
  }

  /** All of it. */
  public List<String> lines() {
    return lines;
  }
}
