package io.trunkline.loadtest.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.Node;
import io.trunkline.loadtest.lab.Service;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Trunkline on the database nodes instead of vip-manager: an address follows Patroni's leader. */
@ExtendWith(SharedLab.class)
@Tag("long")
class LeaderVipIT {
  private static final Duration FAILOVER = Duration.ofSeconds(60);

  private interface Story {
    void tell(Member primary, AddressWatch watch);
  }

  private static void with(Lab lab, Story story) {
    String address = lab.spareAddress(2);
    lab.members().forEach(member -> member.followLeader(address));
    try (AddressWatch watch = AddressWatch.start(lab.members(), address)) {
      Member primary = lab.primary();
      Await.until(
          "the primary has the address",
          Duration.ofSeconds(60),
          () -> watch.holder().filter(primary::equals).isPresent());
      story.tell(primary, watch);
      watch.assertNeverTwo();
    } finally {
      lab.faults().restore();
      lab.members()
          .forEach(
              member -> {
                member.resume(Service.TRUNKLINE);
                member.stop(Service.TRUNKLINE);
              });
    }
  }

  private static void measured(
      String what, Member former, AddressWatch watch, Runnable blow, Lab lab) {
    Instant before = Instant.now();
    blow.run();
    Node next = watch.awaitOtherThan(former, FAILOVER);
    Instant there = watch.appeared(before, former);
    Instant gone = watch.lastSeen(former);
    assertThat(next).as("it is where the primary is").isEqualTo(lab.primary());
    System.out.printf(
        "measured: mode leader, %s: gone after %d ms, on the new primary after %d ms%n",
        what,
        Duration.between(before, gone).toMillis(),
        Duration.between(before, there).toMillis());
  }

  @Test
  void itMovesWithASwitchover(Lab lab) {
    with(
        lab,
        (primary, watch) ->
            measured("switchover", primary, watch, () -> lab.patroni().switchover(), lab));
  }

  @Test
  void itMovesWhenEverythingOnThePrimaryDies(Lab lab) {
    with(
        lab,
        (primary, watch) ->
            measured(
                "kill -9 of Trunkline, Patroni and PostgreSQL on the primary",
                primary,
                watch,
                () -> {
                  primary.kill9(Service.TRUNKLINE);
                  primary.kill9(Service.PATRONI);
                  primary.kill9(Service.POSTGRES);
                },
                lab));
  }

  @Test
  void inMaintenanceItStaysWithoutPatroni(Lab lab) {
    with(
        lab,
        (primary, watch) -> {
          lab.patroni().pause();
          Expect.sleep(Duration.ofSeconds(2));
          Instant before = Instant.now();
          primary.pause(Service.PATRONI);
          Expect.sleep(Duration.ofSeconds(26)); // the leader key's time is 20 s
          stayed(primary, watch, before);
          primary.resume(Service.PATRONI);
        });
  }

  @Test
  void inFailsafeModeItStaysWithoutEtcd(Lab lab) {
    lab.patroni().set(Map.of("failsafe_mode", true));
    Expect.sleep(Duration.ofSeconds(6));
    with(
        lab,
        (primary, watch) -> {
          Instant before = Instant.now();
          lab.faults().stopEtcd(3);
          Expect.sleep(Duration.ofSeconds(30));
          stayed(primary, watch, before);
          lab.members().forEach(member -> member.start(Service.ETCD));
          Expect.sleep(Duration.ofSeconds(5));
          stayed(primary, watch, before);
        });
  }

  private static void stayed(Member primary, AddressWatch watch, Instant since) {
    assertThat(watch.holder()).contains(primary);
    assertThat(watch.tenures())
        .as("it did not move after %s", since)
        .filteredOn(it -> it.to().isAfter(since))
        .hasSize(1);
  }
}
