package io.trunkline.packaging.daemon;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.ScheduledFuture;
import io.trunkline.packaging.status.NodeFacts;
import io.trunkline.proxy.ListenerStats;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Tells the service manager regularly that the daemon works, and what it does. */
final class Pulse implements AutoCloseable {
  private static final Duration SLOWEST = Duration.ofSeconds(1);

  private final NodeFacts node;
  private final Health health;
  private final ServiceManager manager;
  private final ScheduledFuture<?> beats;
  private String told = "";

  Pulse(NodeFacts node, Health health, ServiceManager manager, EventLoopGroup loop) {
    this.node = node;
    this.health = health;
    this.manager = manager;
    long nanos =
        manager
            .watchdog()
            .map(due -> due.dividedBy(3))
            .filter(third -> third.compareTo(SLOWEST) < 0)
            .orElse(SLOWEST)
            .toNanos();
    this.beats = loop.scheduleAtFixedRate(this::beat, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  /** {@code main: open(pg-1); 12 connections}. */
  String status() {
    String routes =
        node.config().clusters().stream()
            .map(cluster -> cluster.name() + ": " + route(cluster.name()))
            .collect(Collectors.joining(", "));
    int connections =
        node.stats().get().values().stream().mapToInt(ListenerStats::connections).sum();
    return "writes " + routes + "; " + connections + " connections";
  }

  @Override
  public void close() {
    beats.cancel(false);
  }

  private String route(String cluster) {
    return node.table(cluster)
        .map(table -> WriteStory.describe(table.write()))
        .orElse("not seen yet");
  }

  private void beat() {
    if (manager.watchdog().isPresent() && health.ailment().isEmpty()) {
      manager.alive();
    }
    String status = status();
    if (!status.equals(told)) {
      told = status;
      manager.status(status);
    }
  }
}
