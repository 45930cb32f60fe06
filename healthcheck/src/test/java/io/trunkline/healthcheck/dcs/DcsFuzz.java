package io.trunkline.healthcheck.dcs;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.healthcheck.Facts;
import io.trunkline.healthcheck.common.Journal;
import io.trunkline.routing.Event;
import io.trunkline.testing.Cost;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Patroni's keys in etcd. The first byte of an input says in which order changes arrive; each line
 * of the rest is one, {@code key=value}, or {@code key} where the key is deleted.
 */
public final class DcsFuzz {
  private static final Instant T = Instant.parse("2026-11-21T10:00:00Z");
  private static final int MOST_CHANGES = 64;

  private DcsFuzz() {}

  /** One input; libFuzzer's name for it. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    Cost.bounded(input.length, () -> check(input));
  }

  private static void check(byte[] input) {
    String[] lines =
        new String(input, 1, input.length - 1, StandardCharsets.ISO_8859_1)
            .split("\n", MOST_CHANGES);
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < lines.length; i++) {
      changes.add(Change.of(lines[i], i + 1));
    }
    List<Event> events = new ArrayList<>();
    DcsState state = new DcsState(new Journal("main", InstantSource.fixed(T), events::add));
    KeySpace keys = new KeySpace();
    for (Change change : changes) {
      change.applyTo(keys);
      state.refresh(keys, T);
      check(state);
      check(keys, state);
    }
    assertThat(state.refresh(keys, T)).as("nothing has changed").isFalse();
    events.forEach(DcsFuzz::check);
    inAnyOrder(changes, keys, input[0]);
  }

  private record Change(String key, Optional<Entry> value, long revision) {
    static Change of(String line, long revision) {
      int equals = line.indexOf('=');
      return equals < 0
          ? new Change(line, Optional.empty(), revision)
          : new Change(
              line.substring(0, equals),
              Optional.of(
                  Entry.of(
                      line.substring(equals + 1).getBytes(StandardCharsets.ISO_8859_1),
                      revision,
                      revision)),
              revision);
    }

    void applyTo(KeySpace keys) {
      if (value.isPresent()) {
        keys.put(key, value.get());
      } else {
        keys.delete(key, revision);
      }
    }
  }

  private static void check(Event event) {
    event
        .fields()
        .forEach(
            (name, value) -> {
              if (name.equals("reason")) {
                Facts.reason(value);
              }
            });
  }

  private static void check(DcsState state) {
    state.leader().ifPresent(leader -> assertThat(leader.member()).matches("[^\\p{Cntrl}]{1,256}"));
    state.systemId().ifPresent(id -> assertThat(id).matches("[^\\p{Cntrl}]{1,256}"));
    state
        .failover()
        .ifPresent(
            asked ->
                assertThat(asked.leader().isPresent() || asked.candidate().isPresent()).isTrue());
    state
        .failoverTime()
        .ifPresent(time -> assertThat(time).isBetween(Duration.ofSeconds(2), Duration.ofHours(1)));
    Facts.position(state.optime());
    assertThat(state.historyTimeline().orElse(1)).isBetween(1L, 1L << 31);
    assertThat(state.syncStandbys()).allMatch(name -> !name.isBlank() && name.equals(name.strip()));
    state.members().values().forEach(Facts::member);
  }

  /** A key that is there says something, or is a problem. */
  private static void check(KeySpace keys, DcsState state) {
    List<String> problems = new ArrayList<>();
    state.problems(problems::add);
    if (keys.get(Keys.LEADER).isPresent()) {
      assertThat(problems.stream().anyMatch(problem -> problem.startsWith(Keys.LEADER + ": ")))
          .isNotEqualTo(state.leader().isPresent());
    }
    Set<String> members = keys.under(Keys.MEMBERS).keySet();
    assertThat(state.members().keySet()).isEqualTo(members);
    assertThat(problems)
        .filteredOn(problem -> problem.startsWith(Keys.MEMBERS))
        .allMatch(
            problem ->
                members.stream().anyMatch(it -> problem.startsWith(Keys.MEMBERS + it + ": ")));
  }

  private static void inAnyOrder(List<Change> changes, KeySpace expected, int seed) {
    List<Change> shuffled = new ArrayList<>(changes);
    Collections.shuffle(shuffled, new Random(seed));
    KeySpace keys = new KeySpace();
    shuffled.forEach(change -> change.applyTo(keys));
    for (Change change : changes) {
      assertThat(keys.get(change.key()))
          .as("%s", change.key())
          .isEqualTo(expected.get(change.key()));
    }
    assertThat(keys.revision()).isEqualTo(expected.revision());
  }
}
