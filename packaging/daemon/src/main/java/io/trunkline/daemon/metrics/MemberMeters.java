package io.trunkline.daemon.metrics;

import io.micrometer.core.instrument.MeterRegistry;
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
    String name = member.name();
    up.add(member.up(), "cluster", cluster, "member", name);
    String label = member.role().label();
    role.add(true, "cluster", cluster, "member", name, "role", label);
    member.timeline().ifPresent(value -> timeline.add(value, "cluster", cluster, "member", name));
    ReadRouting.lag(member, table.view())
        .ifPresent(bytes -> lag.add(bytes, "cluster", cluster, "member", name));
    member.rest().last().map(RestAnswer::at).ifPresent(at -> age(cluster, name, "rest", at, now));
    member.connect().lastSuccess().ifPresent(at -> age(cluster, name, "connect", at, now));
    member.sentinel().ifPresent(sentinel -> add(cluster, name, sentinel, now));
    node.logins(cluster, name).ifPresent(logins -> add(cluster, name, logins));
    for (ListenerConfig listener : node.config().readListeners(cluster)) {
      ReadReason reason = new ReadRouting(listener).judge(member, table.view(), table.write());
      boolean used = reason == ReadReason.ELIGIBLE;
      eligible.add(used, "cluster", cluster, "member", name, "listener", listener.name());
      if (!used) {
        excluded.add(
            true,
            "cluster",
            cluster,
            "member",
            name,
            "listener",
            listener.name(),
            "reason",
            reason.label());
      }
    }
  }

  private void add(String cluster, String member, SentinelHealth sentinel, Instant now) {
    boolean stands = sentinel.failure().isEmpty() && sentinel.last().isPresent();
    sentinelUp.add(stands, "cluster", cluster, "member", member);
    if (sentinel.last().isPresent()) {
      SentinelAnswer answer = sentinel.last().get();
      age(cluster, member, "sentinel", answer.at(), now);
      sentinelLatency.add(answer.latency().toNanos() / 1e9, "cluster", cluster, "member", member);
      String access = answer.access().label();
      sentinelAccess.add(true, "cluster", cluster, "member", member, "access", access);
    }
  }

  private void add(String cluster, String member, LoginStats logins) {
    loginsUnderWay.add(logins.underWay(), "cluster", cluster, "member", member);
    loginsQueued.add(logins.queued(), "cluster", cluster, "member", member);
    loginsLimit.add(logins.limit(), "cluster", cluster, "member", member);
  }

  private void age(String cluster, String member, String source, Instant at, Instant now) {
    age.add(ClusterMeters.seconds(at, now), "cluster", cluster, "member", member, "source", source);
  }
}
