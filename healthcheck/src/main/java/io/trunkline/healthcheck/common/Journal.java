package io.trunkline.healthcheck.common;

import io.trunkline.routing.Event;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import java.time.InstantSource;

/** Tells events of one cluster: stamps them and puts the cluster's name first. */
public final class Journal {
  private final String cluster;
  private final InstantSource clock;
  private final EventSink sink;

  public Journal(String cluster, InstantSource clock, EventSink sink) {
    this.cluster = cluster;
    this.clock = clock;
    this.sink = sink;
  }

  public void tell(EventName name, Object... fields) {
    Object[] all = new Object[fields.length + 2];
    all[0] = "cluster";
    all[1] = cluster;
    System.arraycopy(fields, 0, all, 2, fields.length);
    sink.emit(Event.of(clock.instant(), name, all));
  }
}
