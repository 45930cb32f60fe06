package io.trunkline.packaging.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.trunkline.packaging.status.NodeFacts;
import java.util.function.LongSupplier;

/** About this node as a whole. */
final class NodeMeters {
  private final NodeFacts node;
  private final LongSupplier droppedLogLines;
  private final Rows phase;

  NodeMeters(MeterRegistry registry, NodeFacts node, LongSupplier droppedLogLines) {
    this.node = node;
    this.droppedLogLines = droppedLogLines;
    this.phase = new Rows(registry, "trunkline.phase", "1 for the phase the daemon is in");
    Gauge.builder("trunkline.build.info", () -> 1)
        .description("Always 1, with what runs")
        .tags("version", node.version(), "java", Runtime.version().toString())
        .register(registry);
    Gauge.builder("trunkline.start.time.seconds", () -> node.startedAt().toEpochMilli() / 1000.0)
        .description("When the daemon started, in Unix time")
        .register(registry);
    Gauge.builder("trunkline.ready", () -> node.readiness().get().ready() ? 1 : 0)
        .description("1 while this node serves its primary listeners")
        .register(registry);
    FunctionCounter.builder(
            "trunkline.log.lines.dropped", this, self -> self.droppedLogLines.getAsLong())
        .description("Log lines dropped because standard error did not take them in time")
        .register(registry);
  }

  void refresh() {
    phase.add(true, "phase", node.readiness().get().phase());
    phase.publish();
  }
}
