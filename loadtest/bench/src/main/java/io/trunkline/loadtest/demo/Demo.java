package io.trunkline.loadtest.demo;

import io.trunkline.loadtest.continuity.IdleSession;
import io.trunkline.loadtest.lab.KeptLab;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabOptions;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.ProxyKind;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.scenario.Scenario;
import io.trunkline.loadtest.scenario.Trial;
import io.trunkline.loadtest.scenario.VirtualAddress;
import io.trunkline.loadtest.workload.Target;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real cluster, three proxies, a workload, idle sessions, and three ways to lose a primary. */
public final class Demo {
  private static final int WRITE = 5000;
  private static final int IDLE = 20;
  private static final String LISTENERS =
      """
      listeners:
        - {name: write, bind: "0.0.0.0:5000", route: primary, keep_sessions: always}
        - {name: read, bind: "0.0.0.0:5001", route: replica, fallback: primary}
        - {name: postgres, bind: "0.0.0.0:5432", route: primary}
      """;

  private static final List<Scenario> BLOWS =
      List.of(Scenario.SWITCHOVER, Scenario.PRIMARY_KILLED, Scenario.PRIMARY_CUT_OFF);

  private Demo() {}

  /**
   * @param args none; with {@code TRUNKLINE_LAB_KEEP} in the environment the lab is left running
   */
  public static void main(String[] args) throws SQLException {
    boolean keep = System.getenv("TRUNKLINE_LAB_KEEP") != null;
    say("Building a cluster: three nodes with etcd, Patroni and PostgreSQL, and three proxies.");
    LabOptions options =
        LabOptions.plain()
            .withProxies(ProxyKind.TRUNKLINE, ProxyKind.TRUNKLINE, ProxyKind.TRUNKLINE);
    try (Lab lab = Lab.start(options)) {
      lab.awaitServing(5000, Duration.ofSeconds(30));
      lab.proxies().forEach(proxy -> KeptLab.with(lab, proxy, WRITE, LISTENERS));
      VirtualAddress vip = VirtualAddress.enable(lab);
      lab.awaitServing(5000, Duration.ofSeconds(30));
      introduce(lab, vip);
      List<Summary.Line> lines = new ArrayList<>();
      for (Scenario blow : BLOWS) {
        say("");
        say(blow.title() + " (a writer commits every 20 ms through the VIP, port 5000)");
        lines.add(strike(lab, vip, blow));
      }
      say("");
      System.out.print(Summary.of(lines));
      if (keep) {
        explainKept(lab, vip);
        System.out.flush();
        Runtime.getRuntime().halt(0); // the hooks of this JVM would remove the containers
      }
    }
  }

  private static Summary.Line strike(Lab lab, VirtualAddress vip, Scenario blow)
      throws SQLException {
    ProxyNode proxy = vip.holder(lab).orElseThrow();
    List<LiveLine> lines = new ArrayList<>();
    List<IdleSession> idle = new ArrayList<>();
    try {
      for (int i = 0; i < IDLE; i++) {
        idle.add(new IdleSession(lab.target(vip, WRITE), i));
      }
      Trial trial =
          Trial.run(blow, lab, vip, blow.limit(), writer -> lines.add(new LiveLine(proxy, writer)));
      long kept = idle.stream().filter(IdleSession::goesOn).count();
      return new Summary.Line(trial, kept + " of " + IDLE);
    } finally {
      lines.forEach(LiveLine::close);
      idle.forEach(IdleSession::close);
    }
  }

  private static void introduce(Lab lab, VirtualAddress vip) {
    Member primary = lab.primary();
    for (Member member : lab.members()) {
      say("  " + member + (member.equals(primary) ? "  the primary" : "  a replica"));
    }
    lab.proxies().forEach(proxy -> say("  " + proxy + "  Trunkline: 5000 write, 5001 read, 5432"));
    say(
        "  "
            + vip.address()
            + "  the VIP, on "
            + vip.holder(lab).map(Object::toString).orElse("nobody"));
  }

  private static void explainKept(Lab lab, VirtualAddress vip) {
    ProxyNode proxy = lab.proxy(1);
    Target target = lab.target(vip, 5000);
    say("");
    say("The lab is left running. To look at it:");
    say(
        "  psql 'host=%s port=5000 user=%s password=%s dbname=%s'"
            .formatted(vip.address(), target.user(), target.password(), target.database()));
    say("  curl http://" + proxy.address() + ":7000/api/v1/status");
    say("  docker ps --filter label=" + Lab.LABEL + "   # the nodes");
    say("To switch over:");
    say(
        "  curl -X POST -d '{\"leader\":\""
            + lab.primary().name()
            + "\"}' http://"
            + lab.primary().address()
            + ":8008/switchover");
    say("The next start of a lab removes it, or, now:");
    say("  docker rm -f $(docker ps -aq --filter label=" + Lab.LABEL + ")");
  }

  private static void say(String line) {
    System.out.println(line);
  }
}
