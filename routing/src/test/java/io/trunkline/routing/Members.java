package io.trunkline.routing;

import static io.trunkline.config.Configs.change;

import io.trunkline.config.HostPort;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Members and views for the tests of every module; {@code Configs.change} varies them. */
public final class Members {
  private Members() {}

  /** A member that runs on timeline 1, as its key and its REST API say now. */
  public static Member running(String name, HostPort postgres, Role role, Instant now) {
    return running(name, postgres, role, 1, OptionalLong.empty(), Tags.NONE, now);
  }

  /** A member that runs, as its key and its REST API say now; nothing else is known of it. */
  public static Member running(
      String name,
      HostPort postgres,
      Role role,
      long timeline,
      OptionalLong lsn,
      Tags tags,
      Instant now) {
    OptionalLong on = OptionalLong.of(timeline);
    RestAnswer answer =
        new RestAnswer(now, now, role == Role.PRIMARY, role, "running", on, lsn, true, tags, false);
    return new Member(
        name,
        Optional.of(postgres),
        Optional.of(new DcsMember(role, "running", on, lsn, true, tags, false, 100)),
        answered(answer),
        ConnectHealth.UNKNOWN);
  }

  /** The REST API has just answered that. */
  public static RestHealth answered(RestAnswer answer) {
    return new RestHealth(Optional.of(answer), Optional.empty(), Optional.empty());
  }

  /** The REST API has just failed. */
  public static RestHealth failing(RestHealth before, String failure, Instant now) {
    return new RestHealth(before.last(), Optional.of(failure), Optional.of(now));
  }

  /** Dialling PostgreSQL has just succeeded. */
  public static ConnectHealth connected(Instant now) {
    return change(ConnectHealth.UNKNOWN)
        .with(ConnectHealth::lastSuccess, Optional.of(now))
        .record();
  }

  /** The cluster main with those members, as a quorum of etcd confirms now; nothing else. */
  public static ClusterView view(Map<String, Member> members, Instant now) {
    return new ClusterView(
        "main",
        now,
        now,
        new DcsHealth.Connected(now),
        Optional.empty(),
        Optional.empty(),
        Set.of(),
        false,
        Optional.empty(),
        OptionalLong.empty(),
        TimelineMark.NONE,
        new TreeMap<>(members),
        List.of());
  }
}
