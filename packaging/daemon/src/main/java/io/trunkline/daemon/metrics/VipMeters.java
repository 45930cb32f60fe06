package io.trunkline.daemon.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.trunkline.config.VipConfig;
import io.trunkline.daemon.status.NodeFacts;
import io.trunkline.vip.VipReason;
import io.trunkline.vip.VipState;
import io.trunkline.vip.VipStatus;
import io.trunkline.vip.VipStatus.Counts;
import io.trunkline.vip.vrrp.Reject;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** About each VIP. */
final class VipMeters {
  private final MeterRegistry registry;
  private final NodeFacts node;
  private final Rows state;
  private final Rows drained;
  private Map<String, VipStatus> current = Map.of();

  VipMeters(MeterRegistry registry, NodeFacts node) {
    this.registry = registry;
    this.node = node;
    this.state =
        new Rows(
            registry,
            "trunkline.vip.state",
            "1 for the current state of this node, 0 for the other states: initialize, backup,"
                + " master");
    this.drained =
        new Rows(
            registry,
            "trunkline.vip.drained",
            "1 while an operator keeps the VIP away from this node");
    node.config().vips().forEach(this::register);
  }

  void refresh() {
    current =
        node.vips().get().stream()
            .collect(Collectors.toUnmodifiableMap(VipStatus::name, Function.identity()));
    for (VipStatus vip : current.values()) {
      for (VipState each : VipState.values()) {
        state.add(vip.state() == each, "vip", vip.name(), "state", each.label());
      }
    }
    state.publish();
    List<String> away = node.drain().get().vips();
    node.config().vips().forEach(vip -> drained.add(away.contains(vip.name()), "vip", vip.name()));
    drained.publish();
  }

  private void register(VipConfig config) {
    String vip = config.name();
    Tags tags = Tags.of("vip", vip);
    Gauge.builder("trunkline.vip.info", () -> 1)
        .description(
            "Always 1; the labels are the configuration of the VIP; mode: vrrp, etcd, leader")
        .tags(tags.and("mode", config.mode().label(), "interface", config.networkInterface()))
        .register(registry);
    if (config.mode() == VipConfig.Mode.VRRP) {
      registerProtocol(vip, tags);
    }
    gauge(
        vip,
        "serving",
        "1 while this node counts as serving for the VIP; mode leader: while its member is the"
            + " leader",
        status -> status.serving() ? 1 : 0);
    count(
        vip,
        tags,
        "announcements",
        "Gratuitous ARPs and unsolicited neighbour advertisements sent",
        Counts::announcements);
    count(
        vip,
        tags,
        "contended",
        "Answers of other hosts for an address that this node had or was about to take",
        Counts::contended);
    for (VipReason reason : VipReason.values()) {
      counter(
          "transitions",
          "Transitions into the state, by reason",
          tags.and("state", reason.state().label(), "reason", reason.label()),
          () -> read(vip, status -> status.transitions().getOrDefault(reason, 0L)));
    }
  }

  /** What only VRRP has. */
  private void registerProtocol(String vip, Tags tags) {
    gauge(
        vip,
        "priority",
        "Effective VRRP priority of this node now (mode vrrp)",
        status -> status.priority().orElse(0));
    String advertisements =
        "VRRP advertisements of this group; direction: sent, received (mode vrrp)";
    count(vip, tags.and("direction", "sent"), "advertisements", advertisements, Counts::sent);
    count(
        vip, tags.and("direction", "received"), "advertisements", advertisements, Counts::received);
    count(
        vip,
        tags,
        "send.errors",
        "VRRP advertisements that the kernel did not accept for sending (mode vrrp)",
        Counts::sendErrors);
    count(
        vip,
        tags,
        "missed.deadlines",
        "VRRP timers that fired more than one advertisement interval late (mode vrrp)",
        Counts::missedDeadlines);
    for (Reject reason : Reject.values()) {
      counter(
          "rejected",
          "VRRP packets that were rejected, by reason (mode vrrp)",
          tags.and("reason", reason.label()),
          () -> read(vip, status -> status.rejected().getOrDefault(reason, 0L)));
    }
  }

  private void gauge(
      String vip, String name, String description, ToDoubleFunction<VipStatus> value) {
    Gauge.builder("trunkline.vip." + name, () -> read(vip, value))
        .description(description)
        .tags("vip", vip)
        .register(registry);
  }

  private void count(
      String vip, Tags tags, String name, String description, ToLongFunction<Counts> value) {
    counter(name, description, tags, () -> read(vip, status -> value.applyAsLong(status.counts())));
  }

  private void counter(String name, String description, Tags tags, DoubleSupplier value) {
    FunctionCounter.builder("trunkline.vip." + name, this, _ -> value.getAsDouble())
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private double read(String vip, ToDoubleFunction<VipStatus> value) {
    VipStatus status = current.get(vip);
    return status == null ? 0 : value.applyAsDouble(status);
  }
}
