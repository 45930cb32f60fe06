package io.trunkline.loadtest.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.failover.SharedLab;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.lab.Station;
import io.trunkline.loadtest.workload.Target;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * {@code docs/migrate-from-vip-manager.md}, command by command, while a client writes and reads
 * through the address.
 */
@ExtendWith(SharedLab.class)
@Tag("long")
class VipManagerIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration SECONDS = Duration.ofSeconds(5);

  /**
   * vip-manager 1.0 reads etcd's API 2 and this lab's Patroni writes API 3: an etcd of its own,
   * into which the leader key is copied.
   */
  private static String api2(Station station, List<Member> members) {
    return """
    etcd --enable-v2 --data-dir /lab/data/api2 --listen-client-urls http://0.0.0.0:2379 \
      --advertise-client-urls http://%1$s:2379 --listen-peer-urls http://127.0.0.1:2380 &
    while :; do
      leader=$(ETCDCTL_API=3 etcdctl --endpoints=%2$s get --print-value-only /service/lab/leader)
      ETCDCTL_API=2 etcdctl set /service/lab/leader "$leader"
      sleep 0.2
    done
    """
        .formatted(
            station.address(),
            members.stream()
                .map(member -> member.address() + ":2379")
                .collect(Collectors.joining(",")));
  }

  @Test
  void theAddressStaysWithThePrimaryWhileThePageIsFollowedThereAndBack(Lab lab) {
    UserFiles files = new UserFiles(lab, lab.spareAddress(4));
    Station station = lab.station(1);
    station.job(Service.CLIENTS, api2(station, lab.members()));
    station.start(Service.CLIENTS);
    try {
      lab.members().forEach(member -> classic(ManagedNode.of(member, files), station.address()));
      follow(lab, files);
    } finally {
      station.kill9(Service.CLIENTS);
      for (Member member : lab.members()) {
        member.exec("svc", "term", "vip-manager");
        member.stop(Service.TRUNKLINE);
      }
    }
  }

  /** vip-manager as users have it; the etcd of this lab knows no users. */
  private static void classic(ManagedNode managed, String api2) {
    String given =
        managed
            .files()
            .text("vip-manager.yml")
            .replace("pg-node1", managed.node().name())
            .replaceAll("(?m)^etcd-(user|password): .*\\n", "");
    managed.node().write("vip-manager.yml", given);
    managed
        .node()
        .write("api2.yml", given.replaceAll("http://[0-9.]+:2379", "http://" + api2 + ":2379"));
    managed
        .node()
        .write("etc/jobs/vip-manager", "#!/bin/sh\nexec vip-manager --config /lab/api2.yml\n");
    managed.run(
        """
        chmod 755 /lab/etc/jobs/vip-manager
        ln -sf /lab/vip-manager.yml /etc/default/vip-manager.yml
        mkdir -p /etc/patroni
        ln -sf /lab/etc/patroni.yml /etc/patroni/patroni.yml
        systemctl enable --now vip-manager
        """);
  }

  private static void follow(Lab lab, UserFiles files) {
    Member primary = lab.primary();
    settled(lab, files, primary);
    Walkthrough page = Walkthrough.of("migrate-from-vip-manager.md", files);
    Target address =
        lab.target(files.vip(), 5432).withTimeouts(Duration.ofSeconds(2), SECONDS, LIMIT);
    ManagedNode last = new ManagedNode(primary, files);
    try (Clients clients = Clients.start(address)) {
      for (Member member : lab.members()) {
        clients.unnoticed(
            "2. configure " + member, () -> said(new ManagedNode(member, files), page, "2."));
      }
      for (Member replica : lab.replicas()) {
        clients.unnoticed(
            "3. move " + replica, () -> said(new ManagedNode(replica, files), page, "3."));
      }
      assertThat(clients.during("4. move the primary", () -> said(last, page, "4.")))
          .as("a stop and a start of a daemon")
          .isLessThan(LIMIT);
      settled(lab, files, primary);
      assertThat(clients.during("5. go back on the primary", () -> last.run(page.commands("5."))))
          .isLessThan(LIMIT);
      settled(lab, files, primary);
      clients.during("4. move the primary again", () -> said(last, page, "4."));
      clients.during("6. switchover", () -> lab.patroni().switchover());
      settled(lab, files, lab.primary());
      assertThat(lab.primary()).isNotEqualTo(primary);
      Group.sleep(Duration.ofSeconds(1));
      assertThat(clients.verdict(lab).lost()).as("acknowledged commits lost").isZero();
    }
  }

  private static void said(ManagedNode managed, Walkthrough page, String heading) {
    assertThat(managed.run(page.commands(heading))).matches(page.output(heading));
  }

  private static void settled(Lab lab, UserFiles files, Member primary) {
    Group.await(
        primary + " alone has the address",
        LIMIT,
        () ->
            lab.members().stream()
                .filter(member -> member.exec("ip", "-4", "addr").contains(" " + files.vip() + "/"))
                .toList()
                .equals(List.of(primary)));
  }
}
