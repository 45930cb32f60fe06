package io.trunkline.loadtest.failover;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.scenario.Scenario;
import io.trunkline.loadtest.scenario.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A proxy whose sentinels ask PostgreSQL itself whether it takes writes. */
@ExtendWith(SharedLab.class)
class SentinelIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  /** Generous: the figures are measured, not asserted. */
  private static final Duration PROXY_SHARE = Duration.ofSeconds(5);

  private static final String ROLE =
      "do $$ begin create role sentinel login password 'lab-sentinel';"
          + " exception when duplicate_object then null; end $$;"
          + " grant pg_monitor to sentinel";

  private static final String PROMOTED = "/usr/local/bin/promoted";
  private static final String SLOW =
      "cp -n " + PROMOTED + " /tmp/promoted && sed -i '2i sleep 3' " + PROMOTED;
  private static final String AGAIN = "cat /tmp/promoted > " + PROMOTED;

  @Test
  void writesBeginWhenPostgresTakesThem(Lab lab) throws IOException {
    watched(
        lab,
        lab.proxy(2),
        proxy -> {
          Trial trial = Trial.run(Scenario.SWITCHOVER, lab, proxy);
          judge("a switchover", trial, proxy);
        });
  }

  /** The leader key is held, and PostgreSQL is in recovery for three more seconds. */
  @Test
  void aLongPromotionMeetsNoWriter(Lab lab) throws IOException {
    watched(
        lab,
        lab.proxy(2),
        proxy -> {
          lab.members().forEach(member -> member.exec("sh", "-c", SLOW));
          try {
            Trial trial = Trial.run(Scenario.SWITCHOVER, lab, proxy);
            judge("a promotion that takes three seconds more", trial, proxy);
            assertThat(trial.writes().patroniShare()).isGreaterThan(Duration.ofSeconds(3));
          } finally {
            lab.members().forEach(member -> member.exec("sh", "-c", AGAIN));
          }
        });
  }

  @Test
  void aReadOnlyDefaultHoldsNewSessionsOnly(Lab lab) throws IOException {
    watched(
        lab,
        lab.proxy(2),
        proxy -> {
          Member primary = lab.primary();
          try {
            readOnly(primary, "set default_transaction_read_only = on");
            Await.until("held", SOON, () -> reason(proxy).equals("leader_read_only"));
          } finally {
            readOnly(primary, "reset default_transaction_read_only");
          }
          Await.until("open", SOON, () -> reason(proxy).equals("leader_key_and_sentinel"));
        });
  }

  /** etcd and all REST APIs are out of reach of the proxies; PostgreSQL is not. */
  @Test
  void outOfSightOfBothWritesGoOnWhileStandbysStream(Lab lab) throws IOException {
    watched(
        lab,
        lab.proxy(1),
        proxy -> {
          Trial trial = Trial.run(Scenario.BOTH_UNREACHABLE, lab, proxy);
          Expect.unnoticed(trial);
          assertThat(trial.writes().longestGap().length()).isLessThan(Duration.ofSeconds(3));
          Await.until("open", SOON, () -> reason(proxy).equals("leader_key_and_sentinel"));
        });
  }

  @Test
  void anIsolatedPrimaryStillStops(Lab lab) throws IOException {
    watched(
        lab,
        lab.proxy(1),
        proxy -> {
          Trial trial = Trial.run(Scenario.PRIMARY_AND_PROXY_ISOLATED, lab, proxy);
          assertThat(trial.writes().supersededCommits()).as("%s", trial.writes()).isZero();
        });
  }

  private static void readOnly(Member primary, String setting) {
    primary.sql("alter system " + setting);
    primary.sql("select pg_reload_conf()");
  }

  private static void judge(String what, Trial trial, ProxyNode proxy) {
    System.out.printf(
        "%s: gap %d ms, of which the proxy's %d ms, 25006: %d%n",
        what,
        trial.writes().longestGap().length().toMillis(),
        trial.writes().proxyShare().toMillis(),
        trial.writes().readOnly());
    Expect.safe(trial);
    Expect.nobodyRefused(trial);
    assertThat(trial.writes().errors().keySet()).isSubsetOf("57P01");
    assertThat(trial.writes().proxyShare()).isLessThan(PROXY_SHARE);
    assertThat(reason(proxy)).isEqualTo("leader_key_and_sentinel");
  }

  private static String reason(ProxyNode proxy) {
    return Expect.write(proxy).path("reason").asText();
  }

  private interface Body {
    void run(ProxyNode proxy);
  }

  /** Gives a proxy sentinels for a while. */
  private static void watched(Lab lab, ProxyNode proxy, Body body) throws IOException {
    String before = Files.readString(proxy.file("etc/trunkline.yaml"));
    lab.primary().sql(ROLE);
    proxy.configure(
        before.replaceFirst(
            "(?m)^( *)namespace: .*$", "$0\n$1sentinel: {user: sentinel, password: lab-sentinel}"));
    proxy.restart();
    try {
      Await.until("every sentinel", SOON, () -> allAnswer(proxy));
      body.run(proxy);
    } finally {
      proxy.configure(before);
      proxy.restart();
    }
  }

  private static boolean allAnswer(ProxyNode proxy) {
    if (!proxy.ready()) {
      return false;
    }
    JsonNode members = proxy.status().path("clusters").path(0).path("members");
    for (JsonNode member : members) {
      String access = member.path("sentinel").path("access").asText();
      if (!access.equals("read_write") && !access.equals("in_recovery")) {
        return false;
      }
    }
    return members.size() == 3;
  }
}
