package io.trunkline.daemon.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.trunkline.config.ListenerConfig;
import io.trunkline.daemon.status.NodeFacts;
import io.trunkline.proxy.backend.LoginStats;
import io.trunkline.routing.Member;
import io.trunkline.routing.ReadReason;
import io.trunkline.routing.ReadRouting;
import io.trunkline.routing.RestAnswer;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.SentinelAnswer;
import io.trunkline.routing.SentinelHealth;
import java.time.Instant;

/** About each member of each cluster. */
final class MemberMeters {
  private final NodeFacts node;
  private final Rows up;
  private final Rows role;
  private final Rows timeline;
  private final Rows lag;
  private final Rows eligible;
  private final Rows excluded;
  private final Rows age;
  private final Rows sentinelUp;
  private final Rows sentinelAccess;
  private final Rows sentinelLatency;
  private final Rows loginsUnderWay;
  private final Rows loginsQueued;
  private final Rows loginsLimit;
  private final Rows.Group all;

  MemberMeters(MeterRegistry registry, NodeFacts node) {
    this.node = node;
    this.all = new Rows.Group(registry);
    up = all.add("trunkline.member.up", "1 while PostgreSQL of the member runs");
    role =
        all.add(
            "trunkline.member.role", "Always 1; the label role is the role that Patroni reports");
    timeline = all.add("trunkline.member.timeline", "PostgreSQL timeline of the member");
    lag = all.add("trunkline.member.lag.bytes", "WAL that the member has not replayed yet");
    eligible =
        all.add(
            "trunkline.member.eligible",
            "1 while the member is eligible for new sessions of the listener, 0 while it is not");
    excluded =
        all.add(
            "trunkline.member.excluded",
            "Always 1; the label reason tells why the listener gives the member no new sessions");
    age =
        all.add(
            "trunkline.member.evidence.age.seconds",
            "Time since the last valid answer of the REST API or the sentinel, or the last"
                + " connection to PostgreSQL; source: rest, sentinel, connect");
    sentinelUp =
        all.add("trunkline.member.sentinel.up", "1 while the sentinel is connected to the member");
    sentinelAccess =
        all.add(
            "trunkline.member.sentinel.access",
            "Always 1; the label access is the last answer of the sentinel: read_write,"
                + " in_recovery, read_only, not_accepting");
    sentinelLatency =
        all.add(
            "trunkline.member.sentinel.latency.seconds",
            "Response time of the sentinel's last query");
    loginsUnderWay =
        all.add(
            "trunkline.member.logins.under.way",
            "Logins of this node's clients that are in progress at the member");
    loginsQueued =
        all.add(
            "trunkline.member.logins.queued",
            "Clients of this node that are queued for a login at the member");
    loginsLimit =
        all.add(
            "trunkline.member.logins.limit",
            "Most logins that this node has in progress at the member at once: max_logins, or the"
                + " limit that adapts to the member");
  }

  void refresh() {
    Instant now = node.clock().instant();
    for (String cluster : node.cells().keySet()) {
      node.table(cluster)
          .ifPresent(
              table -> table.view().members().values().forEach(member -> add(table, member, now)));
    }
    all.publish();
  }

  private void add(RoutingTable table, Member member, Instant now) {
    String cluster = table.view().cluster();
    Tags labels = Tags.of("cluster", cluster, "member", member.name());
    up.add(member.up(), labels);
    role.add(true, labels.and("role", member.role().label()));
    member.timeline().ifPresent(value -> timeline.add(value, labels));
    ReadRouting.lag(member, table.view()).ifPresent(bytes -> lag.add(bytes, labels));
    member.rest().last().map(RestAnswer::at).ifPresent(at -> age(labels, "rest", at, now));
    member.connect().lastSuccess().ifPresent(at -> age(labels, "connect", at, now));
    member.sentinel().ifPresent(sentinel -> add(labels, sentinel, now));
    node.logins(cluster, member.name()).ifPresent(logins -> add(labels, logins));
    for (ListenerConfig listener : node.config().readListeners(cluster)) {
      ReadReason reason = new ReadRouting(listener).judge(member, table.view(), table.write());
      boolean used = reason == ReadReason.ELIGIBLE;
      Tags ofListener = labels.and("listener", listener.name());
      eligible.add(used, ofListener);
      if (!used) {
        excluded.add(true, ofListener.and("reason", reason.label()));
      }
    }
  }

  private void add(Tags labels, SentinelHealth sentinel, Instant now) {
    sentinelUp.add(sentinel.failure().isEmpty() && sentinel.last().isPresent(), labels);
    if (sentinel.last().isPresent()) {
      SentinelAnswer answer = sentinel.last().get();
      age(labels, "sentinel", answer.at(), now);
      sentinelLatency.add(answer.latency().toNanos() / 1e9, labels);
      sentinelAccess.add(true, labels.and("access", answer.access().label()));
    }
  }

  private void add(Tags labels, LoginStats logins) {
    loginsUnderWay.add(logins.underWay(), labels);
    loginsQueued.add(logins.queued(), labels);
    loginsLimit.add(logins.limit(), labels);
  }

  private void age(Tags labels, String source, Instant at, Instant now) {
    age.add(ClusterMeters.seconds(at, now), labels.and("source", source));
  }
}
