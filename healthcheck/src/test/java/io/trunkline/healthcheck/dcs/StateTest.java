package io.trunkline.healthcheck.dcs;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.healthcheck.Bodies;
import io.trunkline.healthcheck.common.Journal;
import io.trunkline.healthcheck.common.JunkException;
import io.trunkline.healthcheck.patroni.Scope;
import io.trunkline.healthcheck.rest.RestBody;
import io.trunkline.healthcheck.rest.RestRecord;
import io.trunkline.healthcheck.rest.RestReply;
import io.trunkline.routing.Event;
import io.trunkline.routing.LeaderKey;
import io.trunkline.routing.RestAnswer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What keys and answers mean, in the order in which they come. */
class StateTest {
  private static final Instant T = Instant.parse("2026-11-21T10:00:00Z");
  private final List<Event> events = new ArrayList<>();
  private final Journal journal = new Journal("main", InstantSource.fixed(T), events::add);
  private final KeySpace keys = new KeySpace();
  private final DcsState state = new DcsState(journal);

  private List<String> problems() {
    List<String> problems = new ArrayList<>();
    state.problems(problems::add);
    return problems;
  }

  @Test
  void aHoldingOfTheLeaderKeyBeginsWhenItIsFirstSeen() {
    keys.put("leader", new Entry("a", 1, 10, 10));
    assertThat(state.refresh(keys, T)).isTrue();
    assertThat(state.leader()).contains(new LeaderKey("a", 10, 10, T));
    keys.put("leader", new Entry("a", 1, 10, 11)); // Patroni 4 renews the lease of its own key
    assertThat(state.refresh(keys, T.plusSeconds(1))).isFalse();
    assertThat(state.leader()).contains(new LeaderKey("a", 10, 10, T));
    keys.put("leader", new Entry("b", 1, 10, 12)); // Patroni 3.0 puts without a comparison
    assertThat(state.refresh(keys, T.plusSeconds(2))).isTrue();
    assertThat(state.leader()).contains(new LeaderKey("b", 10, 12, T.plusSeconds(2)));
    assertThat(state.holdingRevision()).isEqualTo(12);
    keys.delete("leader", 13);
    assertThat(state.refresh(keys, T.plusSeconds(3))).isTrue();
    assertThat(state.leader()).isEmpty();
    keys.put("leader", new Entry("b", 1, 14, 14));
    state.refresh(keys, T.plusSeconds(4));
    assertThat(state.leader()).contains(new LeaderKey("b", 14, 14, T.plusSeconds(4)));
    assertThat(events.stream().map(event -> event.label() + event.fields()))
        .containsExactly(
            "leader_changed{cluster=main, from=none, to=a, revision=10}",
            "leader_changed{cluster=main, from=a, to=b, revision=12}",
            "leader_key_lost{cluster=main, member=b}",
            "leader_changed{cluster=main, from=b, to=b, revision=14}");
  }

  @Test
  void tellsOfSwitchoversAndPauses() {
    keys.put("failover", new Entry("{\"leader\":\"a\"}", 1, 1, 1));
    keys.put("config", new Entry("{\"pause\":true}", 1, 2, 2));
    assertThat(state.refresh(keys, T)).isTrue();
    keys.put("failover", new Entry("{}", 1, 1, 3));
    keys.put("config", new Entry("{\"pause\":false}", 1, 2, 4));
    state.refresh(keys, T);
    keys.put("failover", new Entry("{", 1, 1, 5));
    state.refresh(keys, T);
    assertThat(events.stream().map(Event::label))
        .containsExactly(
            "failover_requested",
            "maintenance_started",
            "failover_cleared",
            "maintenance_ended",
            "key_unreadable");
    assertThat(problems()).anyMatch(problem -> problem.startsWith("failover: "));
  }

  @Test
  void knowsHowLongPatroniMayNeedWhateverThatIsNow() {
    state.refresh(keys, T);
    assertThat(state.failoverTime()).isEmpty();
    keys.put("config", new Entry("{\"ttl\":20,\"loop_wait\":5}", 1, 2, 2));
    state.refresh(keys, T);
    assertThat(state.failoverTime()).contains(Duration.ofSeconds(25));
    keys.put("config", new Entry("{\"ttl\":60}", 1, 3, 3));
    state.refresh(keys, T);
    assertThat(state.failoverTime()).contains(Duration.ofSeconds(70));
    keys.put("config", new Entry("{", 1, 4, 4));
    state.refresh(keys, T);
    assertThat(state.failoverTime()).isEmpty();
    assertThat(events).hasSize(1);
  }

  @Test
  void junkCostsAMemberItsWordsAndNotItsPlace() {
    String good = "{\"api_url\":\"http://h:8008/patroni\",\"role\":\"replica\"}";
    keys.put("members/a", new Entry(good, 1, 1, 1));
    state.refresh(keys, T);
    keys.put("members/a", new Entry("junk", 1, 1, 2));
    state.refresh(keys, T);
    keys.put("members/a", new Entry("other junk", 1, 1, 3));
    state.refresh(keys, T);
    assertThat(state.members().get("a").dcs()).isEmpty();
    assertThat(state.members().get("a").api()).isPresent();
    assertThat(events.stream().map(Event::label)).containsExactly("member_key_unreadable");
    keys.put("members/a", new Entry(good, 1, 1, 4));
    state.refresh(keys, T);
    assertThat(state.members().get("a").dcs()).isPresent();
    assertThat(problems()).isEmpty();
  }

  @Test
  void answersCountInTheOrderOfTheirQuestions() throws JunkException {
    RestRecord record = new RestRecord("a", journal);
    record.failed(T.plusMillis(10), "refused");
    record.failed(T.plusMillis(20), "timeout");
    assertThat(record.health().failure()).contains("timeout");
    assertThat(record.health().failingSince()).contains(T.plusMillis(10));
    record.answered(answer(T.plusMillis(15)));
    assertThat(record.health().failure()).contains("timeout");
    assertThat(record.health().last().map(RestAnswer::askedAt)).contains(T.plusMillis(15));
    record.answered(answer(T.plusMillis(30)));
    assertThat(record.health().failure()).isEmpty();
    record.answered(answer(T.plusMillis(25)));
    record.failed(T.plusMillis(25), "late");
    assertThat(record.health().last().map(RestAnswer::askedAt)).contains(T.plusMillis(30));
    assertThat(record.health().failure()).isEmpty();
    assertThat(events.stream().map(Event::label)).containsExactly("rest_failed", "rest_recovered");
  }

  private static RestBody answer(Instant askedAt) throws JunkException {
    return RestBody.parse(
        new RestReply.Answered(askedAt, askedAt.plusMillis(1), 200, Bodies.primary(1)),
        Scope.of("main"));
  }
}
