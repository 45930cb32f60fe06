package io.trunkline.daemon.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.trunkline.daemon.status.MemoryUse;
import io.trunkline.daemon.status.NodeFacts;
import io.trunkline.daemon.status.PredecessorReport;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/** About this node as a whole. */
final class NodeMeters {
  private final NodeFacts node;
  private final LongSupplier droppedLogLines;
  private final Rows phase;

  NodeMeters(MeterRegistry registry, NodeFacts node, LongSupplier droppedLogLines) {
    this.node = node;
    this.droppedLogLines = droppedLogLines;
    this.phase =
        new Rows(
            registry,
            "trunkline.phase",
            "1 for the current phase of the daemon: starting, serving, drained, draining,"
                + " stopping");
    Gauge.builder("trunkline.build.info", () -> 1)
        .description("Always 1; the labels are the versions of Trunkline and Java")
        .tags("version", node.version(), "java", Runtime.version().toString())
        .register(registry);
    Gauge.builder("trunkline.start.time.seconds", () -> node.startedAt().toEpochMilli() / 1000.0)
        .description("Time at which the daemon started, in Unix time")
        .register(registry);
    Gauge.builder("trunkline.ready", () -> node.readiness().get().ready() ? 1 : 0)
        .description("1 while this node serves its primary listeners")
        .register(registry);
    Gauge.builder(
            "trunkline.config.last.reload.successful", () -> node.lastReload().get().good() ? 1 : 0)
        .description("1 if the last reload succeeded, 0 if it was refused or failed")
        .register(registry);
    Gauge.builder(
            "trunkline.config.last.reload.success.timestamp.seconds",
            () -> node.lastReload().get().appliedAt().toEpochMilli() / 1000.0)
        .description("Time at which the configuration in use was applied, in Unix time")
        .register(registry);
    Gauge.builder(
            "trunkline.predecessor.sessions",
            () -> node.predecessor().get().map(PredecessorReport::sessions).orElse(0))
        .description(
            "Sessions that the previous process still has after an upgrade; 0 without such a"
                + " process")
        .register(registry);
    memory(registry, "heap", MemoryUse::heap);
    memory(registry, "buffers", MemoryUse::buffers);
    Gauge.builder("trunkline.memory.waiting", () -> node.memory().get().waiting())
        .description("Relayed data that waits in buffers because its receiver reads slowly")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("trunkline.memory.session.states", () -> node.memory().get().states())
        .description(
            "What the sessions that are kept would be restored with, at most a quarter of the heap")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("trunkline.memory.limit", () -> node.memory().get().limit())
        .description("Memory use at which new connections are refused, heap and buffers together")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("trunkline.memory.refusing", () -> node.memory().get().refusing() ? 1 : 0)
        .description("1 while new connections are refused because memory_limit is reached")
        .register(registry);
    FunctionCounter.builder(
            "trunkline.log.lines.dropped", this, self -> self.droppedLogLines.getAsLong())
        .description("Log lines that were dropped because standard error did not take them in time")
        .register(registry);
  }

  private void memory(MeterRegistry registry, String kind, ToLongFunction<MemoryUse> bytes) {
    Gauge.builder("trunkline.memory.used", () -> bytes.applyAsLong(node.memory().get()))
        .description(
            "Memory in use that counts for memory_limit; kind: heap (what the last garbage"
                + " collection left), buffers (network buffers)")
        .baseUnit("bytes")
        .tags("kind", kind)
        .register(registry);
  }

  void refresh() {
    phase.add(true, "phase", node.readiness().get().phase());
    phase.publish();
  }
}
