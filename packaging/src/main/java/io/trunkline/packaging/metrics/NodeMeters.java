package io.trunkline.packaging.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.trunkline.packaging.status.MemoryUse;
import io.trunkline.packaging.status.NodeFacts;
import io.trunkline.packaging.status.PredecessorReport;
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
            "1 for the phase the daemon is in: starting, serving, drained, draining, stopping");
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
    Gauge.builder(
            "trunkline.config.last.reload.successful", () -> node.lastReload().get().good() ? 1 : 0)
        .description("1 while the configuration file that was read last holds; 0: it was refused")
        .register(registry);
    Gauge.builder(
            "trunkline.config.last.reload.success.timestamp.seconds",
            () -> node.lastReload().get().appliedAt().toEpochMilli() / 1000.0)
        .description("When the configuration that holds was applied, in Unix time")
        .register(registry);
    Gauge.builder(
            "trunkline.predecessor.sessions",
            () -> node.predecessor().get().map(PredecessorReport::sessions).orElse(0))
        .description("Sessions that the process before an upgrade still has; 0: there is none")
        .register(registry);
    memory(registry, "heap", MemoryUse::heap);
    memory(registry, "buffers", MemoryUse::buffers);
    Gauge.builder("trunkline.memory.waiting", () -> node.memory().get().waiting())
        .description("Memory of bytes that wait to be relayed, because their receiver is slow")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("trunkline.memory.limit", () -> node.memory().get().limit())
        .description(
            "Memory in use from which on new connections are refused, heap and buffers together")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("trunkline.memory.refusing", () -> node.memory().get().refusing() ? 1 : 0)
        .description("1 while new connections are refused because of it")
        .register(registry);
    FunctionCounter.builder(
            "trunkline.log.lines.dropped", this, self -> self.droppedLogLines.getAsLong())
        .description("Log lines dropped because standard error did not take them in time")
        .register(registry);
  }

  private void memory(MeterRegistry registry, String kind, ToLongFunction<MemoryUse> bytes) {
    Gauge.builder("trunkline.memory.used", () -> bytes.applyAsLong(node.memory().get()))
        .description(
            "Memory in use that counts for the limit; kind: heap (what the last garbage collection"
                + " left), buffers (of the network)")
        .baseUnit("bytes")
        .tags("kind", kind)
        .register(registry);
  }

  void refresh() {
    phase.add(true, "phase", node.readiness().get().phase());
    phase.publish();
  }
}
