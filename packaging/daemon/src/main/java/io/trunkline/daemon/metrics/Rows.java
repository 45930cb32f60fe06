package io.trunkline.daemon.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;

/** A gauge whose label values come and go: collected anew for each scrape. */
final class Rows {
  private final MultiGauge gauge;
  private List<Row<?>> rows = new ArrayList<>();

  /** Gauges that are published together. */
  static final class Group {
    private final MeterRegistry registry;
    private final List<Rows> all = new ArrayList<>();

    Group(MeterRegistry registry) {
      this.registry = registry;
    }

    Rows add(String name, String description) {
      Rows rows = new Rows(registry, name, description);
      all.add(rows);
      return rows;
    }

    /** Makes what was added since the last time all there is. */
    void publish() {
      all.forEach(Rows::publish);
    }
  }

  Rows(MeterRegistry registry, String name, String description) {
    this.gauge = MultiGauge.builder(name).description(description).register(registry);
  }

  /** Adds a value, with labels given as name, value, name, value. */
  void add(Number value, String... labels) {
    add(value, Tags.of(labels));
  }

  void add(boolean value, String... labels) {
    add(value ? 1 : 0, labels);
  }

  void add(Number value, Tags labels) {
    rows.add(Row.of(labels, value));
  }

  void add(boolean value, Tags labels) {
    add(value ? 1 : 0, labels);
  }

  void publish() {
    gauge.register(rows, true);
    rows = new ArrayList<>();
  }
}
