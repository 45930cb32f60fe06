package io.trunkline.loadtest.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.verdict.Report;
import io.trunkline.loadtest.verdict.Verdict;
import io.trunkline.loadtest.workload.Reader;
import io.trunkline.loadtest.workload.Sample;
import io.trunkline.loadtest.workload.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;

/** The lab itself, with a proxy that everybody knows: what is broken breaks, and heals. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("long")
class LabIT {
  private static final Duration SERVING = Duration.ofSeconds(20);
  private static final Duration FAILOVER = Duration.ofSeconds(40);

  private final Lab lab = Lab.start(LabOptions.plain().withProxies(ProxyKind.HAPROXY_TUNED));
  private String test = "";

  @BeforeAll
  void theClusterIsWhole() {
    assertThat(lab.members()).hasSize(3);
    assertThat(lab.replicas()).hasSize(2);
  }

  @BeforeEach
  void heal(TestInfo info) {
    test = info.getDisplayName();
    lab.heal();
    lab.awaitServing(5000, SERVING);
  }

  @AfterAll
  void close() {
    lab.saveLogs(Path.of("target", "lab-logs", "LabIT"));
    lab.close();
  }

  @Test
  void aSwitchoverIsRecordedByTheMembersThemselves() throws Exception {
    Member former = lab.primary();
    Writer writer = writer();
    lab.patroni().switchover();
    awaitNextCommit(writer, former);
    Verdict verdict = verdict(writer);

    Member now = lab.primary();
    assertThat(now).isNotEqualTo(former);
    assertThat(lab.truth().leaders().getLast().member()).isEqualTo(now.name());
    Promotion promotion = lab.truth().promotions().getLast();
    assertThat(promotion.member()).isEqualTo(now.name());
    assertThat(promotion.recoveryEnd()).isNotNull().isBeforeOrEqualTo(promotion.ready());
    assertThat(promotion.acceptsWrites())
        .isBetween(verdict.longestGap().start(), verdict.longestGap().end());
    assertThat(verdict.patroniShare().plus(verdict.proxyShare()))
        .isEqualTo(verdict.longestGap().length());
    assertThat(verdict.lost()).isZero();
    assertThat(verdict.sessions()).isGreaterThan(1);
  }

  @Test
  void aKilledPostgresIsRestartedByPatroni() throws Exception {
    Writer writer = writer();
    Member primary = lab.primary();
    primary.kill9(Service.POSTGRES);
    Await.until(
        "the session has ended",
        SERVING,
        () -> writer.samples().stream().anyMatch(s -> !s.acknowledged()));
    lab.heal();
    lab.awaitServing(5000, SERVING);
    Verdict verdict = verdict(writer);

    assertThat(verdict.errors()).isNotEmpty();
    assertThat(verdict.lost()).isZero();
  }

  @Test
  void aNodeThatIsCutOffIsReplacedAndComesBackAsAReplica() throws Exception {
    Writer writer = writer();
    Member former = lab.primary();
    lab.faults().cutOff(former);
    assertThat(former.check("/patroni")).isZero();
    assertThat(former.sql("select 1")).as("commands still reach it").isEqualTo("1");
    awaitNextCommit(writer, former);
    Verdict verdict = verdict(writer);
    Member successor = lab.primary();

    lab.heal();
    assertThat(lab.primary()).as("healing takes no key from the successor").isEqualTo(successor);
    assertThat(former.check("/replica")).isEqualTo(200);
    assertThat(verdict.longestGap().length()).isGreaterThan(Duration.ofSeconds(5));
    assertThat(verdict.patroniShare()).isGreaterThan(verdict.proxyShare());
  }

  @Test
  void aReplicaCanBeHeldBack() throws Exception {
    Member replica = lab.replicas().getFirst();
    replica.delayReplay(Duration.ofMinutes(1));
    Writer writer = Writer.start(test, lab.direct(lab.primary()));
    Reader reader = Reader.start(test, lab.direct(replica));
    Thread.sleep(3_000); // so long it falls behind
    writer.stop();

    Sample last = reader.stop().getLast();
    assertThat(last.server()).isEqualTo(replica.address());
    assertThat(last.replayLag()).isGreaterThan(Duration.ofSeconds(2));
    lab.heal();
    assertThat(replica.sql("show recovery_min_apply_delay")).isEqualTo("0");
  }

  @Test
  void aMemberCanBeAddedAndRemoved() {
    Member fourth = lab.addMember();
    assertThat(lab.replicas()).contains(fourth);
    lab.removeMember(fourth);
    assertThat(lab.members()).hasSize(3);
  }

  private Writer writer() {
    Writer writer = Writer.start(test, lab.target(lab.proxy(1), 5000));
    Await.until("a commit", SERVING, () -> !writer.samples().isEmpty());
    assertThat(writer.samples()).allMatch(Sample::acknowledged);
    return writer;
  }

  private void awaitNextCommit(Writer writer, Member former) {
    Await.until(
        "a commit on another member than " + former,
        FAILOVER,
        () ->
            last(writer.samples())
                .filter(s -> s.acknowledged() && !former.address().equals(s.server()))
                .isPresent());
  }

  private Verdict verdict(Writer writer) {
    Verdict verdict = Verdict.of(writer, lab);
    System.out.println(new Report(verdict).table());
    return verdict;
  }

  private static Optional<Sample> last(List<Sample> samples) {
    return samples.isEmpty() ? Optional.empty() : Optional.of(samples.getLast());
  }
}
