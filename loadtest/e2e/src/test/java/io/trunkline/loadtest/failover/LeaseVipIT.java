package io.trunkline.loadtest.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.Node;
import io.trunkline.loadtest.lab.Peer;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.scenario.VirtualAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Three proxies share an address by a lease in a real etcd: never does it exist twice. */
@ExtendWith(SharedLab.class)
@Tag("long")
class LeaseVipIT {
  /** The lease (10 s by default), its expiry in etcd, and a busy machine. */
  private static final Duration TAKEOVER = Duration.ofSeconds(25);

  private interface Fault {
    void strike(ProxyNode holder, AddressWatch watch);
  }

  private static void with(Lab lab, Fault fault) {
    VirtualAddress vip = VirtualAddress.enable(lab, "mode: etcd");
    try (AddressWatch watch = AddressWatch.start(lab.proxies(), vip.address())) {
      lab.awaitServing(5000, Duration.ofSeconds(60));
      Node holder = watch.awaitHolder(Duration.ofSeconds(30));
      Expect.sleep(Duration.ofSeconds(2));
      assertThat(watch.holder()).as("it stays").contains(holder);
      fault.strike((ProxyNode) holder, watch);
      watch.assertNeverTwo();
    } finally {
      lab.faults().restore();
      VirtualAddress.disable(lab);
    }
  }

  private static void movesFrom(
      ProxyNode holder, AddressWatch watch, String what, Duration limit, Runnable blow) {
    Instant before = Instant.now();
    blow.run();
    Node next = watch.awaitOtherThan(holder, limit);
    Instant there = watch.appeared(before, holder);
    Expect.sleep(Duration.ofSeconds(1));
    System.out.printf(
        "measured: etcd lease 10 s, %s: gone after %d ms, on %s after %d ms%n",
        what,
        Duration.between(before, watch.lastSeen(holder)).toMillis(),
        next.name(),
        Duration.between(before, there).toMillis());
  }

  @Test
  void aHolderThatStopsIsFollowedAtOnce(Lab lab) {
    with(
        lab,
        (holder, watch) ->
            movesFrom(
                holder,
                watch,
                "SIGTERM",
                Duration.ofSeconds(8),
                () -> holder.terminate(Service.TRUNKLINE)));
  }

  @Test
  void aHolderThatIsKilledIsFollowedWhenItsLeaseEnds(Lab lab) {
    with(
        lab,
        (holder, watch) ->
            movesFrom(holder, watch, "kill -9", TAKEOVER, () -> holder.kill9(Service.TRUNKLINE)));
  }

  @Test
  void aFrozenHolderDoesNotComeBackAsOne(Lab lab) {
    with(
        lab,
        (holder, watch) -> {
          movesFrom(holder, watch, "SIGSTOP", TAKEOVER, () -> holder.pause(Service.TRUNKLINE));
          holder.resume(Service.TRUNKLINE);
          Expect.sleep(Duration.ofSeconds(3));
          assertThat(watch.holder()).isPresent().get().isNotEqualTo(holder);
        });
  }

  @Test
  void aHolderWithoutEtcdLetsGoBeforeItsLeaseEnds(Lab lab) {
    with(
        lab,
        (holder, watch) ->
            movesFrom(
                holder,
                watch,
                "cut from etcd",
                TAKEOVER,
                () -> lab.faults().cutPorts(holder, 2379)));
  }

  @Test
  void aHolderOnTheSmallSideWithAnEtcdMemberLetsGo(Lab lab) {
    with(
        lab,
        (holder, watch) -> {
          Member beside = lab.replicas().getFirst();
          List<Peer> others = new ArrayList<>(lab.members());
          others.addAll(lab.proxies());
          others.add(lab.client());
          others.removeAll(List.of(holder, beside));
          movesFrom(
              holder,
              watch,
              "partition, 1 of 3 etcd members with the holder",
              TAKEOVER,
              () -> lab.faults().partition(List.of(holder, beside), others));
        });
  }

  @Test
  void withoutAnEtcdNobodyHasItAndThenSomebodyHasItAgain(Lab lab) {
    with(
        lab,
        (holder, watch) -> {
          Instant before = Instant.now();
          lab.faults().stopEtcd(2);
          Await.until("nobody has it", TAKEOVER, () -> watch.holder().isEmpty());
          Instant gone = watch.lastSeen(holder);
          Expect.sleep(Duration.ofSeconds(3));
          Instant back = Instant.now();
          lab.members().forEach(member -> member.start(Service.ETCD));
          watch.awaitHolder(Duration.ofSeconds(30));
          System.out.printf(
              "measured: etcd lease 10 s, etcd majority lost: gone after %d ms;"
                  + " back %d ms after etcd was started%n",
              Duration.between(before, gone).toMillis(),
              Duration.between(back, Instant.now()).toMillis());
        });
  }

  @Test
  void etcdMembersRestartOneAfterTheOtherAndItStays(Lab lab) {
    with(
        lab,
        (holder, watch) -> {
          for (Member member : lab.members()) {
            member.kill9(Service.ETCD);
            Expect.sleep(Duration.ofSeconds(2));
            member.start(Service.ETCD);
            Expect.sleep(Duration.ofSeconds(4));
          }
          assertThat(watch.holder()).contains(holder);
          long tenures = watch.tenures().stream().filter(it -> it.node().equals(holder)).count();
          assertThat(tenures).as("it was there without a gap: %s", watch.tenures()).isEqualTo(1);
        });
  }
}
