package io.trunkline.daemon.cli;

import io.trunkline.daemon.status.ClusterReport;
import io.trunkline.daemon.status.MemberReport;
import io.trunkline.daemon.status.MemberReport.ConnectReport;
import io.trunkline.daemon.status.MemberReport.EtcdReport;
import io.trunkline.daemon.status.MemberReport.ReadReport;
import io.trunkline.daemon.status.MemberReport.RestReport;
import io.trunkline.daemon.status.MemberReport.SentinelReport;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The members of a cluster, a row each: what they are, how old that is, who reads from them. */
final class MemberTable {
  private static final int LONGEST_FAILURE = 40;

  /** A column only where credentials are configured. */
  private static final String SENTINEL = "SENTINEL";

  /** A column only where a member announces a pooler. */
  private static final String POOLER = "POOLER";

  private final TerminalText terminal;
  private final ClusterReport cluster;
  private final boolean watched;
  private final boolean pooled;

  MemberTable(TerminalText terminal, ClusterReport cluster) {
    this.terminal = terminal;
    this.cluster = cluster;
    this.watched = cluster.members().stream().anyMatch(member -> member.sentinel() != null);
    this.pooled = cluster.members().stream().anyMatch(member -> member.proxyAddress() != null);
  }

  String render(String indent) {
    Table table = new Table(terminal);
    table.head(
        Stream.of(
                "MEMBER", "ROLE", "STATE", "TL", "LAG", "REST", "ETCD", "CONNECT", SENTINEL, POOLER,
                "READS")
            .filter(head -> watched || !head.equals(SENTINEL))
            .filter(head -> pooled || !head.equals(POOLER))
            .toList());
    cluster.members().forEach(member -> table.row(row(member)));
    return table.render(indent);
  }

  private List<Table.Cell> row(MemberReport member) {
    List<Table.Cell> cells = new ArrayList<>();
    cells.add(text(member.name()));
    cells.add(text(member.sync() ? member.role() + " (sync)" : member.role()));
    cells.add(state(member));
    cells.add(text(member.timeline() == null ? "-" : String.valueOf(member.timeline())));
    cells.add(text(Quantities.bytes(member.lagBytes())));
    cells.add(rest(member.rest()));
    cells.add(etcd(member.etcd()));
    cells.add(connect(member.connect()));
    if (watched) {
      cells.add(sentinel(member.sentinel()));
    }
    if (pooled) {
      cells.add(text(or(member.proxyAddress())));
    }
    cells.add(reads(member.reads()));
    return cells;
  }

  /** What somebody who is silent last said of himself says nothing. */
  private Table.Cell state(MemberReport member) {
    String state = or(member.state());
    if (member.up()) {
      return text(state);
    }
    return bad(state.equals("running") || state.equals("streaming") ? "silent" : state);
  }

  private Table.Cell rest(RestReport rest) {
    return rest.failure() == null ? text(age(rest.ageSeconds())) : bad(cut(rest.failure()));
  }

  private Table.Cell etcd(EtcdReport etcd) {
    if (etcd.ageSeconds() == null) {
      return text("-");
    }
    return etcd.present() ? text(age(etcd.ageSeconds())) : bad("no key");
  }

  private Table.Cell connect(ConnectReport connect) {
    return connect.failure() == null
        ? text(age(connect.ageSeconds()))
        : bad(cut(connect.failure()));
  }

  private Table.Cell sentinel(@Nullable SentinelReport sentinel) {
    if (sentinel == null || (sentinel.failure() == null && sentinel.access() == null)) {
      return text("-");
    }
    return sentinel.failure() == null
        ? text(or(sentinel.access()) + " " + age(sentinel.ageSeconds()))
        : bad(cut(sentinel.failure()));
  }

  private Table.Cell reads(List<ReadReport> reads) {
    return text(
        reads.stream()
            .map(read -> read.listener() + (read.eligible() ? ": yes" : ": no, " + read.why()))
            .collect(Collectors.joining("; ")));
  }

  private static String age(@Nullable Double seconds) {
    return seconds == null ? "-" : Quantities.span(seconds);
  }

  private static String or(@Nullable String word) {
    return word == null ? "-" : word;
  }

  private static String cut(String failure) {
    return failure.length() <= LONGEST_FAILURE
        ? failure
        : failure.substring(0, LONGEST_FAILURE) + "…";
  }

  private Table.Cell text(String text) {
    return new Table.Cell(terminal.plain(text), terminal::plain);
  }

  private Table.Cell bad(String text) {
    return new Table.Cell(terminal.plain(text), terminal::bad);
  }
}
