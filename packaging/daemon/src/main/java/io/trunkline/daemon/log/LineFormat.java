package io.trunkline.daemon.log;

import io.trunkline.routing.Event;

/** How an event looks as one line, without the line's end. */
@FunctionalInterface
interface LineFormat {
  String format(Event event);
}
