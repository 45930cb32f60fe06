package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignalsTest {
  @Test
  void theFirstAndTheSecond() {
    Signals signals = new Signals();
    assertThat(signals.first()).isNotDone();
    signals.raise("SIGTERM");
    assertThat(signals.first()).isCompletedWithValue("SIGTERM");
    assertThat(signals.second()).isNotDone();
    signals.raise("SIGINT");
    signals.raise("SIGTERM");
    assertThat(signals.second()).isCompletedWithValue("SIGINT");
  }

  @Test
  void aHangUpAsksForAReload() {
    Signals signals = new Signals();
    List<String> asked = new ArrayList<>();
    signals.raise("SIGHUP");
    signals.onReload(asked::add);
    signals.raise("SIGHUP");
    assertThat(asked).containsExactly("SIGHUP");
    assertThat(signals.first()).isNotDone();
  }
}
