package io.trunkline.loadtest.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabOptions;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.ProxyKind;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.lab.Stack;
import io.trunkline.loadtest.workload.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Patroni waits for transactions before it stops the primary, and what that saves. */
@Tag("long")
class BeforeStopIT {
  private static final String WAITED = "trunkline-before-stop: waited ";
  private static final Duration SOON = Duration.ofSeconds(30);

  @Test
  void withItNoTransactionIsLostInASwitchover() throws Exception {
    LabOptions options =
        LabOptions.encrypted()
            .withTlsAndPlaintext()
            .withStack(Stack.DEBIAN13)
            .withProxies(ProxyKind.TRUNKLINE, ProxyKind.TRUNKLINE);
    try (Lab lab = Lab.start(options)) {
      try {
        run(lab);
      } finally {
        lab.saveLogs(Path.of("target", "lab-logs", "before-stop"));
      }
    }
  }

  private static void run(Lab lab) throws Exception {
    ProxyNode proxy = lab.proxy(1);
    Target target = SessionsLab.plaintext(lab.target(proxy, SessionsLab.WRITE));
    KeptSessions.with(
        lab,
        proxy,
        () -> {
          BusyWriters.Seen with = switchover(lab, "with trunkline-before-stop", target);
          assertThat(with.errors()).isEmpty();
          assertThat(lab.members())
              .flatMap(BeforeStopIT::said)
              .anyMatch(line -> line.endsWith("no session is in a transaction"));
          turnOff(lab);
          BusyWriters.Seen without = switchover(lab, "without it", target);
          assertThat(without.count()).as("this is why").isPositive();
        });
  }

  private static BusyWriters.Seen switchover(Lab lab, String what, Target target) throws Exception {
    Member former = lab.primary();
    // The first status of a daemon takes longest; one that is monitored has told it often.
    lab.proxies().forEach(ProxyNode::status);
    int before = said(former).size();
    BusyWriters.Seen seen = BusyWriters.switchover(lab, target);
    List<String> said = said(former);
    System.out.printf(
        "measured: switchover, writers in transactions of up to 1500 ms, %s: %d rows acknowledged,"
            + " %d lost, errors seen by the clients %d %s, longest transaction %d ms %s%n",
        what,
        seen.commits(),
        seen.lost(),
        seen.count(),
        seen.errors(),
        seen.longest().toMillis(),
        said.subList(before, said.size()));
    assertThat(lab.primary()).isNotEqualTo(former);
    assertThat(seen.lost()).isZero();
    return seen;
  }

  /** As {@code patronictl edit-config} does; returns when every member has run its loop since. */
  private static void turnOff(Lab lab) {
    lab.patroni().set(Map.of("postgresql", Collections.singletonMap("before_stop", null)));
    for (Member member : lab.members()) {
      int loops = lines(member, "INFO: no action").size();
      Await.until(
          member + " has read its configuration",
          SOON,
          () -> lines(member, "INFO: no action").size() >= loops + 2);
    }
  }

  /** What the program has written there. */
  private static List<String> said(Member member) {
    return lines(member, WAITED);
  }

  private static List<String> lines(Member member, String text) {
    try {
      return Files.readAllLines(member.file("log/patroni.log")).stream()
          .filter(line -> line.contains(text))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
