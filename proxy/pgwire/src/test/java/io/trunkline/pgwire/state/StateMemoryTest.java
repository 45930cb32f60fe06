package io.trunkline.pgwire.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.pgwire.state.SavedState.Setting;
import io.trunkline.pgwire.state.SavedState.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StateMemoryTest {
  private static SavedState state(String setting, String... statements) {
    List<Statement> all = new ArrayList<>();
    for (String text : statements) {
      all.add(new Statement(text, text.repeat(100), "{}"));
    }
    return new SavedState(List.of(new Setting("61", setting)), "", "", all, List.of());
  }

  @Test
  void whatSessionsHaveInCommonCountsOnce() {
    StateMemory memory = new StateMemory(1 << 20);
    SavedState first = memory.hold(state("01", "aa", "bb")).orElseThrow();
    long once = memory.used();

    assertThat(memory.hold(state("01", "aa", "bb")).orElseThrow()).isSameAs(first);
    assertThat(memory.used()).isEqualTo(once);
    SavedState other = memory.hold(state("02", "aa", "bb")).orElseThrow();
    assertThat(other.statements().getFirst()).isSameAs(first.statements().getFirst());
    assertThat(memory.used() - once).isLessThan(once);

    memory.release(first);
    memory.release(other);
    assertThat(memory.used()).isEqualTo(once);
    memory.release(first);
    assertThat(memory.used()).isZero();
  }

  @Test
  void whatThereIsNoMemoryForTakesNone() {
    StateMemory memory = new StateMemory(2_500);
    SavedState held = memory.hold(state("01", "aa")).orElseThrow();
    long before = memory.used();

    assertThat(memory.hold(state("01", "aa", "bb", "cc", "dd", "ee", "ff"))).isEmpty();
    assertThat(memory.used()).isEqualTo(before);
    assertThat(memory.hold(state("01", "aa"))).isEqualTo(Optional.of(held));
  }

  @Test
  void aStateWithoutAnythingTakesNothing() {
    StateMemory memory = new StateMemory(0);
    SavedState fresh = new SavedState(List.of(), "", "", List.of(), List.of());
    assertThat(memory.hold(fresh)).contains(SavedState.FRESH);
    memory.release(fresh);
    assertThat(memory.used()).isZero();
  }

  /** Whatever is held and released, in the end nothing is taken. */
  @Test
  void nothingIsLeft() {
    Random random = new Random(1);
    StateMemory memory = new StateMemory(20_000);
    List<SavedState> held = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      if (random.nextInt(5) < 3) {
        String[] statements = new String[random.nextInt(6)];
        for (int j = 0; j < statements.length; j++) {
          statements[j] = "%02x".formatted(random.nextInt(30));
        }
        memory.hold(state("%02x".formatted(random.nextInt(10)), statements)).ifPresent(held::add);
      } else if (!held.isEmpty()) {
        memory.release(held.remove(random.nextInt(held.size())));
      }
      assertThat(memory.used()).isBetween(0L, memory.limit());
    }
    held.forEach(memory::release);
    assertThat(memory.used()).isZero();
  }
}
