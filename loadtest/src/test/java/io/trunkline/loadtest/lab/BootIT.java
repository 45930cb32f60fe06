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
    Writer w = Writer.start("w" + ++n, lab.target(lab.proxy(1), 5000).withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(40)));
    Reader r = Reader.start("r" + n, lab.target(lab.proxy(1), 5001));
    Thread.sleep(1500);
    long t = System.nanoTime();
    fault.run();
    long ft = (System.nanoTime() - t) / 1_000_000;
    Thread.sleep(millis);
    t = System.nanoTime();
    List<Sample> rs = r.stop();
    w.stop();
    
    try { lab.heal(); } catch (LabException e) { System.out.println("HEAL FAILED " + e); lab.saveLogs(java.nio.file.Path.of("target/heal-failed")); throw e; }
    long ht = (System.nanoTime() - t) / 1_000_000;
    Verdict v = Verdict.of(w, lab);
    System.out.println("### " + what + " fault took " + ft + " heal " + ht + " reads ok " + rs.stream().filter(Sample::acknowledged).count() + "/" + rs.size());
    System.out.println(new Report(v).table() + lab.truth().leaders().getLast() + lab.truth().promotions().getLast());
  }

  @Test
  void boots() throws Exception {
    try (Lab lab = Lab.start(LabOptions.plain().withProxies(ProxyKind.HAPROXY_TUNED))) {
      scenario(lab, "switchover", 4000, () -> lab.patroni().switchover());
      scenario(lab, "kill9 postgres", 5000, () -> lab.primary().kill9(Service.POSTGRES));
      scenario(lab, "pause proxy", 3000, () -> { lab.proxy(1).pause(lab.proxy(1).daemon()); });
      scenario(lab, "kill container of primary", 25000, () -> lab.primary().killContainer());
      scenario(lab, "cutOff", 30000, () -> lab.faults().cutOff(lab.primary()));
      scenario(lab, "pause patroni", 25000, () -> lab.primary().pause(Service.PATRONI));
      scenario(lab, "pause postgres", 25000, () -> lab.primary().pause(Service.POSTGRES));
      scenario(lab, "stop 2 etcd", 25000, () -> lab.faults().stopEtcd(2));
      scenario(lab, "partition", 30000, () -> { Member p = lab.primary(); List<Member> o = new ArrayList<>(lab.members()); o.remove(p); lab.faults().partition(List.of(p, lab.proxy(1)), o); });
    }
  }
}
