package io.trunkline.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GcPausesTest {
  @Test
  void pausesAreCountedAndOtherLinesAreNotThoseOfTheStartApart() {
    GcPauses pauses =
        GcPauses.of(
            Stream.of(
                "[0.005s][info][gc] Using Serial",
                "[1.234s][info][gc] GC(0) Pause Young (Allocation Failure) 17M->4M(61M) 2.345ms",
                "[11.2s][info][gc] GC(1) Pause Young (Allocation Failure) 17M->4M(61M) 0.9ms",
                "[99.876s][info][gc] GC(2) Pause Full (Metadata GC Threshold) 30M->9M(61M)"
                    + " 21.500ms"));

    assertThat(pauses.first()).containsExactly(2.345);
    assertThat(pauses.millis()).containsExactly(0.9, 21.5);
    assertThat(pauses.longerThanLimit()).isEqualTo(1);
    assertThat(pauses.text())
        .contains("2 times")
        .contains("1 times for more than 5 ms")
        .contains("21.5 ms");
  }
}
