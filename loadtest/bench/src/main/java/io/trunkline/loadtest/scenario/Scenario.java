package io.trunkline.loadtest.scenario;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.Peer;
import io.trunkline.loadtest.lab.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What is done to a lab while clients work; {@link Lab#heal} undoes it. */
@SuppressWarnings("ImmutableEnumChecker") // the strikes hold no state
public enum Scenario {
  SWITCHOVER("planned switchover", true, lab -> lab.patroni().switchover()),
  PRIMARY_KILLED(
      "kill -9 of the primary's Patroni and PostgreSQL",
      true,
      lab -> {
        Member primary = lab.primary();
        primary.kill9(Service.PATRONI);
        primary.kill9(Service.POSTGRES);
      }),
  PRIMARY_CUT_OFF("the primary's host is cut off", true, lab -> lab.faults().cutOff(lab.primary())),
  PATRONI_FROZEN(
      "Patroni frozen on the primary, PostgreSQL goes on",
      true,
      lab -> lab.primary().pause(Service.PATRONI)),
  REPLICA_KILLED(
      "kill -9 of a replica's Patroni and PostgreSQL",
      false,
      lab -> {
        Member replica = lab.replicas().getFirst();
        replica.kill9(Service.PATRONI);
        replica.kill9(Service.POSTGRES);
      }),
  ETCD_MEMBER_LOST("one etcd member is lost", false, lab -> lab.member(1).kill9(Service.ETCD)),
  ETCD_QUORUM_LOST("etcd loses its quorum", false, lab -> lab.faults().stopEtcd(2)),
  REST_UNREACHABLE(
      "Patroni's REST API unreachable, etcd works",
      false,
      lab -> lab.faults().cutPorts(lab.proxy(1), 8008)),
  ETCD_UNREACHABLE(
      "etcd unreachable, Patroni's REST API works",
      false,
      lab -> lab.faults().cutPorts(lab.proxy(1), 2379)),
  BOTH_UNREACHABLE(
      "etcd and REST unreachable, PostgreSQL works",
      false,
      lab -> lab.faults().cutPorts(lab.proxy(1), 2379, 8008)),
  PRIMARY_AND_PROXY_ISOLATED(
      "the primary, one proxy and its clients isolated together",
      false,
      lab -> {
        Member primary = lab.primary();
        List<Peer> isolated = List.of(primary, lab.proxy(1), lab.client());
        List<Peer> others = new ArrayList<>(lab.members());
        others.remove(primary);
        others.addAll(lab.proxies());
        others.remove(lab.proxy(1));
        lab.faults().partition(isolated, others);
      });

  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final Duration WATCHED = Duration.ofSeconds(8);
  private static final Duration OTHER_SIDE_HAS_A_PRIMARY = Duration.ofSeconds(32);

  private final String title;
  private final boolean movesPrimary;
  private final Consumer<Lab> strike;

  Scenario(String title, boolean movesPrimary, Consumer<Lab> strike) {
    this.title = title;
    this.movesPrimary = movesPrimary;
    this.strike = strike;
  }

  /** For people. */
  public String title() {
    return title;
  }

  /** Whether another member becomes the primary. */
  boolean movesPrimary() {
    return movesPrimary;
  }

  /** How long to watch at most; a scenario that moves the primary ends when writes are back. */
  public Duration limit() {
    if (this == PRIMARY_AND_PROXY_ISOLATED) {
      return OTHER_SIDE_HAS_A_PRIMARY;
    }
    return movesPrimary ? LEASE : WATCHED;
  }

  void strike(Lab lab) {
    strike.accept(lab);
  }
}
