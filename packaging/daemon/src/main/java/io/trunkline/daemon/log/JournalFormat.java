package io.trunkline.daemon.log;

import io.trunkline.routing.Event;

/** Puts journald's priority in front of another format's line (sd-daemon(3)). */
record JournalFormat(LineFormat line) implements LineFormat {

  @Override
  public String format(Event event) {
    int priority =
        switch (event.severity()) {
          case DEBUG -> 7;
          case INFO -> 6;
          case WARN -> 4;
          case ERROR -> 3;
        };
    return "<" + priority + ">" + line.format(event);
  }
}
