package io.trunkline.daemon.status;

import io.trunkline.config.HostPort;
import io.trunkline.config.ListenerConfig;
import io.trunkline.daemon.status.MemberReport.ConnectReport;
import io.trunkline.daemon.status.MemberReport.EtcdReport;
import io.trunkline.daemon.status.MemberReport.ReadReport;
import io.trunkline.daemon.status.MemberReport.RestReport;
import io.trunkline.daemon.status.MemberReport.SentinelReport;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.ConnectHealth;
import io.trunkline.routing.DcsHealth;
import io.trunkline.routing.DcsMember;
import io.trunkline.routing.Member;
import io.trunkline.routing.ReadReason;
import io.trunkline.routing.ReadRouting;
import io.trunkline.routing.RestAnswer;
import io.trunkline.routing.RestHealth;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.SentinelAnswer;
import io.trunkline.routing.SentinelHealth;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes a member's part of the report. */
final class MemberReporter {
  private final NodeFacts node;
  private final RoutingTable table;
  private final ClusterView view;
  private final Instant now;

  MemberReporter(NodeFacts node, RoutingTable table, Instant now) {
    this.node = node;
    this.table = table;
    this.view = table.view();
    this.now = now;
  }

  MemberReport report(Member member) {
    return new MemberReport(
        member.name(),
        member.postgres().map(HostPort::host).orElse(null),
        member.postgres().map(HostPort::port).orElse(null),
        member.proxy().map(HostPort::toString).orElse(null),
        member.up(),
        member.role().label(),
        member.freshest(RestAnswer::state, DcsMember::state).orElse(null),
        boxed(member.timeline()),
        boxed(ReadRouting.lag(member, view)),
        view.syncStandbys().contains(member.name()),
        node.sessions(view.cluster(), member.name()),
        new TreeMap<>(member.tags().values()),
        rest(member.rest()),
        etcd(member.dcs()),
        connect(member.connect()),
        member.sentinel().map(this::sentinel).orElse(null),
        reads(member));
  }

  private RestReport rest(RestHealth rest) {
    return new RestReport(
        Timestamps.age(rest.last().map(RestAnswer::at), now),
        rest.last().map(answer -> answer.role().label()).orElse(null),
        rest.last().map(RestAnswer::state).orElse(null),
        rest.failure().orElse(null),
        Timestamps.text(rest.failingSince()));
  }

  private EtcdReport etcd(Optional<DcsMember> key) {
    Optional<Instant> confirmed =
        switch (view.dcs()) {
          case DcsHealth.Absent _ -> Optional.empty();
          case DcsHealth.Connected connected -> Optional.of(connected.confirmedAt());
          case DcsHealth.Lost lost -> Optional.of(lost.confirmedAt());
        };
    return new EtcdReport(
        key.isPresent(),
        Timestamps.age(confirmed, now),
        key.map(word -> word.role().label()).orElse(null),
        key.map(DcsMember::state).orElse(null));
  }

  private ConnectReport connect(ConnectHealth connect) {
    return new ConnectReport(
        Timestamps.age(connect.lastSuccess(), now),
        connect.failure().orElse(null),
        Timestamps.text(connect.failingSince()));
  }

  private SentinelReport sentinel(SentinelHealth sentinel) {
    return new SentinelReport(
        Timestamps.age(sentinel.last().map(SentinelAnswer::at), now),
        sentinel.last().map(answer -> answer.access().label()).orElse(null),
        sentinel.last().map(answer -> answer.latency().toNanos() / 1e9).orElse(null),
        sentinel.failure().orElse(null),
        Timestamps.text(sentinel.failingSince()));
  }

  private List<ReadReport> reads(Member member) {
    return node.config().readListeners(view.cluster()).stream()
        .map(listener -> read(listener, member))
        .toList();
  }

  private ReadReport read(ListenerConfig listener, Member member) {
    ReadReason reason = new ReadRouting(listener).judge(member, view, table.write());
    return new ReadReport(
        listener.name(), reason == ReadReason.ELIGIBLE, reason.label(), reason.sentence());
  }

  private static @Nullable Long boxed(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }
}
