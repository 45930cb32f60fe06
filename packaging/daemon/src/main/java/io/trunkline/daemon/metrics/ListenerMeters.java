package io.trunkline.daemon.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.trunkline.config.LimitsConfig;
import io.trunkline.config.ListenerConfig;
import io.trunkline.daemon.status.NodeFacts;
import io.trunkline.pgwire.state.Pinned;
import io.trunkline.proxy.stats.CancelDrop;
import io.trunkline.proxy.stats.ConnectionFailure;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.proxy.stats.MemberLoss;
import io.trunkline.proxy.stats.SessionEnd;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/** About each listener. */
final class ListenerMeters {
  private final MeterRegistry registry;
  private final NodeFacts node;
  private final Rows sessions;

  ListenerMeters(MeterRegistry registry, NodeFacts node) {
    this.registry = registry;
    this.node = node;
    this.sessions =
        new Rows(registry, "trunkline.listener.sessions", "Current number of sessions, by member");
    node.config().listeners().forEach(this::register);
  }

  void refresh() {
    for (ListenerConfig listener : node.config().listeners()) {
      Tags labels = labels(listener);
      stats(listener.name())
          .map(ListenerStats::sessions)
          .orElse(Map.of())
          .forEach((member, count) -> sessions.add(count, labels.and("member", member)));
    }
    sessions.publish();
  }

  private void register(ListenerConfig config) {
    String name = config.name();
    Tags tags = labels(config);
    Gauge.builder("trunkline.listener.bound", () -> node.bound().get().containsKey(name) ? 1 : 0)
        .description("1 while the listener is bound to its address")
        .tags(tags)
        .register(registry);
    limit(config, tags, "max.connections", "", LimitsConfig::maxConnections);
    limit(
        config,
        tags,
        "max.connections.per.backend",
        " to one member",
        LimitsConfig::maxConnectionsPerBackend);
    limit(
        config,
        tags,
        "max.connections.per.address",
        " from one client address",
        LimitsConfig::maxConnectionsPerAddress);
    gauge(
        name,
        tags,
        "connections",
        "Current number of client connections",
        ListenerStats::connections);
    gauge(
        name,
        tags,
        "queued",
        "Current number of queued clients: they have no member yet",
        ListenerStats::queued);
    count(name, tags, "accepted", "Client connections accepted", ListenerStats::accepted);
    count(
        name,
        tags,
        "dial.failures",
        "Failed attempts to connect to a member",
        ListenerStats::dialFailures);
    bytes(name, tags.and("direction", "from_clients"), ListenerStats::bytesFromClients);
    bytes(name, tags.and("direction", "to_clients"), ListenerStats::bytesToClients);
    for (SessionEnd end : SessionEnd.values()) {
      count(
          name,
          tags.and("reason", end.label()),
          "ends",
          "Client connections that ended, by reason",
          stats -> stats.ends().getOrDefault(end, 0L));
    }
    kept(name, tags);
    for (ConnectionFailure.Side side : ConnectionFailure.Side.values()) {
      for (ConnectionFailure failure : ConnectionFailure.values()) {
        count(
            name,
            tags.and("side", side.label(), "failure", failure.label()),
            "connection.failures",
            "Connections that broke; side: client, member; failure: what went wrong",
            stats -> stats.failures(side, failure));
      }
    }
    for (CancelDrop drop : CancelDrop.values()) {
      count(
          name,
          tags.and("reason", drop.label()),
          "cancels.dropped",
          "Cancel requests that were not forwarded to a member, by reason",
          stats -> stats.cancelDrops().getOrDefault(drop, 0L));
    }
  }

  private void kept(String name, Tags tags) {
    gauge(
        name,
        tags,
        "detached",
        "Current number of sessions whose member is gone, and that go on at the next one",
        stats -> stats.kept().detachedNow());
    gauge(
        name,
        tags,
        "sessions.kept",
        "Sessions that would go on if their member stopped now",
        stats -> stats.kept().census().kept());
    for (MemberLoss loss : MemberLoss.values()) {
      count(
          name,
          tags.and("cause", loss.label()),
          "sessions.detached",
          "Sessions that left a member to go on at another one, by cause",
          stats -> stats.kept().detached(loss));
    }
    count(
        name,
        tags,
        "transactions.lost",
        "Transactions that were lost with their member: their clients got ERROR 40001",
        stats -> stats.kept().transactionsLost());
    count(
        name,
        tags,
        "state.queries",
        "Questions to members for the state of a session",
        stats -> stats.kept().stateQueries());
    for (Pinned reason : Pinned.values()) {
      Tags labels = tags.and("reason", reason.label());
      gauge(
          name,
          labels,
          "sessions.not.kept",
          "Sessions that would end if their member stopped now, although sessions are kept, by"
              + " reason",
          stats -> stats.kept().census().pinned().getOrDefault(reason, 0));
      count(
          name,
          labels,
          "sessions.pinned",
          "Sessions that ended with their member because they could not be kept, by reason",
          stats -> stats.kept().pinned().getOrDefault(reason, 0L));
    }
  }

  private static Tags labels(ListenerConfig listener) {
    return Tags.of("listener", listener.name(), "cluster", listener.cluster());
  }

  /** Until the next reload, which registers them anew. */
  private void limit(
      ListenerConfig config,
      Tags tags,
      String name,
      String ofWhich,
      ToIntFunction<LimitsConfig> value) {
    int limit = value.applyAsInt(config.limits());
    Gauge.builder("trunkline.listener." + name, () -> limit)
        .description("Configured limit of connections of the listener" + ofWhich)
        .tags(tags)
        .register(registry);
  }

  private void gauge(
      String listener,
      Tags tags,
      String name,
      String description,
      ToDoubleFunction<ListenerStats> value) {
    Gauge.builder("trunkline.listener." + name, () -> read(listener, value))
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private void count(
      String listener,
      Tags tags,
      String name,
      String description,
      ToDoubleFunction<ListenerStats> value) {
    FunctionCounter.builder("trunkline.listener." + name, this, _ -> read(listener, value))
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private void bytes(String listener, Tags tags, ToDoubleFunction<ListenerStats> value) {
    FunctionCounter.builder("trunkline.listener", this, _ -> read(listener, value))
        .description("Bytes relayed; direction: from_clients, to_clients")
        .baseUnit("bytes")
        .tags(tags)
        .register(registry);
  }

  private double read(String listener, ToDoubleFunction<ListenerStats> value) {
    return stats(listener).map(value::applyAsDouble).orElse(0.0);
  }

  private Optional<ListenerStats> stats(String listener) {
    return Optional.ofNullable(node.stats().get().get(listener));
  }
}
