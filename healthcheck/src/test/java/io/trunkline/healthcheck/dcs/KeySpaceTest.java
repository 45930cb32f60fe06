package io.trunkline.healthcheck.dcs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class KeySpaceTest {
  private final KeySpace keys = new KeySpace();

  @Test
  void anOlderAnswerNeverOverwritesANewerOne() {
    assertThat(keys.put("leader", entry("b", 5))).isTrue();
    assertThat(keys.put("leader", entry("a", 4))).isFalse();
    assertThat(keys.readAll(Map.of("leader", entry("a", 4)), 4)).isFalse();
    assertThat(keys.delete("leader", 4)).isFalse();
    assertThat(keys.get("leader").orElseThrow().value()).isEqualTo("b");
    assertThat(keys.delete("leader", 6)).isTrue();
    assertThat(keys.put("leader", entry("b", 5))).isFalse();
    assertThat(keys.get("leader")).isEmpty();
  }

  @Test
  void anAbsenceHidesWhatWasPutBeforeIt() {
    assertThat(keys.read("leader", Optional.empty(), 10)).isFalse();
    assertThat(keys.put("leader", entry("a", 9))).isFalse();
    assertThat(keys.readAll(Map.of(), 20)).isFalse();
    assertThat(keys.put("members/n1", entry("{}", 15))).isFalse();
    assertThat(keys.put("members/n1", entry("{}", 21))).isTrue();
  }

  @Test
  void keepsOnlyWhatMeansSomething() {
    assertThat(keys.put("failsafe", entry("{}", 1))).isFalse();
    assertThat(keys.put("members/", entry("{}", 2))).isFalse();
    assertThat(keys.put("0/members/n1", entry("{}", 3))).isFalse();
    assertThat(keys.put("members/n1", entry("{}", 4))).isTrue();
    assertThat(keys.under("members/").keySet()).containsExactly("n1");
    assertThat(keys.revision()).isEqualTo(4);
  }

  @Test
  void doesNotKeepHugeValues() {
    Entry huge = Entry.of(new byte[Entry.MAX_SIZE + 1], 1, 1);
    assertThat(huge.value()).isEmpty();
    assertThat(Entry.of("ü".getBytes(StandardCharsets.UTF_8), 1, 1).value()).isEqualTo("ü");
  }

  /** Whatever the order in which pieces of a history arrive, the end is the same. */
  @Test
  void convergesInAnyOrder() {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      List<Runnable> arrivals = new ArrayList<>();
      KeySpace target = new KeySpace();
      Map<String, Entry> truth = new TreeMap<>();
      for (long revision = 1; revision <= 30; revision++) {
        String key = List.of("leader", "failover", "members/a").get(random.nextInt(3));
        long at = revision;
        if (random.nextInt(3) == 0) {
          truth.remove(key);
          arrivals.add(() -> target.delete(key, at));
        } else {
          Entry entry = entry("v" + revision, revision);
          truth.put(key, entry);
          arrivals.add(() -> target.put(key, entry));
        }
        if (random.nextInt(4) == 0) {
          Map<String, Entry> snapshot = Map.copyOf(truth);
          arrivals.add(() -> target.readAll(snapshot, at));
        }
        if (random.nextInt(4) == 0) {
          Optional<Entry> leader = Optional.ofNullable(truth.get("leader"));
          arrivals.add(() -> target.read("leader", leader, at));
        }
      }
      Collections.shuffle(arrivals, random);
      arrivals.forEach(Runnable::run);
      for (String key : List.of("leader", "failover", "members/a")) {
        assertThat(target.get(key))
            .as("seed %d, %s", seed, key)
            .isEqualTo(Optional.ofNullable(truth.get(key)));
      }
    }
  }

  private static Entry entry(String value, long revision) {
    return new Entry(value, value.length(), revision, revision);
  }
}
