package io.trunkline.loadtest.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.workload.Reader;
import io.trunkline.loadtest.workload.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Replicas come, go and lag. */
@ExtendWith(SharedLab.class)
class ReplicaIT {

  @Test
  void aKilledReplicaCostsItsReadersOneReconnect(Lab lab) {
    lab.awaitServing(5000, Duration.ofSeconds(30));
    Member victim = lab.replicas().getFirst();
    List<Reader> readers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      readers.add(Reader.start("r" + i, lab.target(lab.proxy(1), 5001)));
    }
    Expect.sleep(Duration.ofSeconds(1));
    victim.kill9(Service.PATRONI);
    victim.kill9(Service.POSTGRES);
    Expect.sleep(Duration.ofSeconds(3));
    for (Reader reader : readers) {
      List<Sample> samples = reader.stop();
      assertThat(samples.getLast().acknowledged()).isTrue();
      assertThat(samples.getLast().session()).isLessThanOrEqualTo(2);
      assertThat(samples).noneMatch(sample -> String.valueOf(sample.error()).contains("refused"));
    }
  }

  @Test
  void aLaggingReplicaGetsNoNewSessionsAndKeepsItsOldOnes(Lab lab) {
    lab.awaitServing(5000, Duration.ofSeconds(30));
    Member lagging = lab.replicas().getFirst();
    try (Reader first = Reader.start("old1", lab.target(lab.proxy(1), 5001));
        Reader second = Reader.start("old2", lab.target(lab.proxy(1), 5001))) {
      Await.until(
          "both readers read",
          Duration.ofSeconds(10),
          () -> !first.samples().isEmpty() && !second.samples().isEmpty());
      assertThat(servers(both(first.samples(), second.samples()))).contains(lagging.address());
      lagging.delayReplay(Duration.ofMinutes(5));
      // Replay stops at the first commit; what comes after it is the lag.
      lab.primary().sql("create table fill (filler text)");
      lab.primary().sql("insert into fill select repeat('x', 1000) from generate_series(1, 40000)");
      Expect.sleep(Duration.ofSeconds(5));
      Instant excluded = Instant.now();
      try (Reader fresh = Reader.start("fresh", lab.target(lab.proxy(1), 5001), 5)) {
        Expect.sleep(Duration.ofSeconds(3));
        assertThat(servers(fresh.stop())).doesNotContain(lagging.address()).isNotEmpty();
      }
      assertThat(servers(both(since(excluded, first.samples()), since(excluded, second.samples()))))
          .as("a report on the lagging replica goes on")
          .contains(lagging.address());
    } finally {
      lab.primary().sql("drop table if exists fill");
    }
  }

  @Test
  void aMemberIsFoundWhenItComesAndForgottenWhenItGoes(Lab lab) {
    lab.awaitServing(5000, Duration.ofSeconds(30));
    Member added = lab.addMember();
    Await.until(
        "sessions on the new member",
        Duration.ofSeconds(30),
        () -> {
          try (Reader reader = Reader.start("find", lab.target(lab.proxy(1), 5001), 1)) {
            Expect.sleep(Duration.ofSeconds(1));
            return servers(reader.stop()).contains(added.address());
          }
        });
    try (Reader reader = Reader.start("gone", lab.target(lab.proxy(1), 5001), 1)) {
      lab.removeMember(added);
      Expect.sleep(Duration.ofSeconds(3));
      List<Sample> last = reader.stop();
      assertThat(last.subList(last.size() - 20, last.size())).allMatch(Sample::acknowledged);
    }
  }

  private static Set<String> servers(List<Sample> samples) {
    return samples.stream()
        .filter(Sample::acknowledged)
        .map(sample -> String.valueOf(sample.server()))
        .collect(Collectors.toSet());
  }

  private static List<Sample> since(Instant moment, List<Sample> samples) {
    return samples.stream().filter(sample -> sample.start().isAfter(moment)).toList();
  }

  private static <T> List<T> both(List<T> first, List<T> second) {
    List<T> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
