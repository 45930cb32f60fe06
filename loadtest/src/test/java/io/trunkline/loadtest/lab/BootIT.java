package io.trunkline.loadtest.lab;

import io.trunkline.loadtest.verdict.Report;
import io.trunkline.loadtest.verdict.Verdict;
import io.trunkline.loadtest.workload.*;
import java.time.Duration;
import java.util.*;
import org.junit.jupiter.api.Test;

class BootIT {
  static int n = 0;

  void scenario(Lab lab, String what, long millis, Runnable fault) throws Exception {
    lab.awaitServing(5000, Duration.ofSeconds(30));
    Writer w =
        Writer.start(
            "w" + ++n,
            lab.target(lab.proxy(1), 5000)
                .withTimeouts(
                    Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(40)));
    Reader r = Reader.start("r" + n, lab.target(lab.proxy(1), 5001));
    Thread.sleep(1500);
    long t = System.nanoTime();
    fault.run();
    long ft = (System.nanoTime() - t) / 1_000_000;
    Thread.sleep(millis);
    t = System.nanoTime();
    List<Sample> rs = r.stop();
    w.stop();

    try {
      lab.heal();
    } catch (LabException e) {
      System.out.println("HEAL FAILED " + e);
      lab.saveLogs(java.nio.file.Path.of("target/heal-failed"));
      throw e;
    }
    long ht = (System.nanoTime() - t) / 1_000_000;
    Verdict v = Verdict.of(w, lab);
    System.out.println(
        "### "
            + what
            + " fault took "
            + ft
            + " heal "
            + ht
            + " reads ok "
            + rs.stream().filter(Sample::acknowledged).count()
            + "/"
            + rs.size());
    System.out.println(
        new Report(v).table()
            + lab.truth().leaders().getLast()
            + lab.truth().promotions().getLast());
  }

  @Test
  void boots() throws Exception {
    try (Lab lab =
        Lab.start(LabOptions.encrypted().withProxies(ProxyKind.HAPROXY_TUNED, ProxyKind.HAPROXY))) {
      scenario(lab, "stop 2 etcd", 15000, () -> lab.faults().stopEtcd(2));
      scenario(lab, "pause postgres", 25000, () -> lab.primary().pause(Service.POSTGRES));
      scenario(lab, "refuseRest", 6000, () -> lab.members().forEach(lab.faults()::refuseRest));
      scenario(lab, "dropRest", 6000, () -> lab.members().forEach(lab.faults()::dropRest));
      scenario(lab, "cutPorts", 6000, () -> lab.faults().cutPorts(lab.proxy(1), 8008, 2379));
      scenario(lab, "slow", 3000, () -> lab.faults().slow(lab.proxy(1), "64kbit"));
      scenario(lab, "lossy", 3000, () -> lab.faults().lossy(lab.proxy(1), 0.1));
      scenario(lab, "kill9 patroni", 2000, () -> lab.primary().kill9(Service.PATRONI));
      scenario(lab, "restart proxy", 3000, () -> lab.proxy(1).restart());
      scenario(lab, "pause", 2000, () -> lab.patroni().pause());
      scenario(
          lab,
          "sched",
          8000,
          () ->
              lab.patroni()
                  .scheduleSwitchover(
                      lab.replicas().get(0), java.time.Instant.now().plusSeconds(4)));
      long t = System.nanoTime();
      Member m = lab.addMember();
      System.out.println("add " + m + (System.nanoTime() - t) / 1_000_000);
      t = System.nanoTime();
      lab.removeMember(m);
      System.out.println("remove " + (System.nanoTime() - t) / 1_000_000);

      Member rep = lab.replicas().get(0);
      rep.delayReplay(Duration.ofSeconds(30));
      Writer w = Writer.start("lag", lab.direct(lab.primary()));
      Reader r = Reader.start("lag", lab.direct(rep));
      Thread.sleep(8000);
      w.stop();
      System.out.println("lag " + r.stop().getLast());
      System.out.println(rep.sql("select pg_last_wal_receive_lsn() - pg_last_wal_replay_lsn()"));
      t = System.nanoTime();
      lab.heal();
      System.out.println(
          "heal " + (System.nanoTime() - t) / 1_000_000 + rep.sql("show recovery_min_apply_delay"));
      lab.removeMember(lab.member(3));
      System.out.println(lab.members());
      lab.heal();
    }
  }
}
