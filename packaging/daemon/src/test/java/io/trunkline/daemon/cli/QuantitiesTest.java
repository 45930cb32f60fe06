package io.trunkline.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantitiesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0.0s",
    "0.44, 0.4s",
    "59.9, 59s",
    "185, 3m 5s",
    "7380, 2h 3m",
    "446400, 5d 4h",
    "-1, 0.0s",
  })
  void spans(double seconds, String text) {
    assertThat(Quantities.span(seconds)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0, 0 B", "1023, 1023 B", "1536, 1.5 kB", "16777216, 16 MB"})
  void sizes(long bytes, String text) {
    assertThat(Quantities.bytes(bytes)).isEqualTo(text);
  }

  @Test
  void unknown() {
    assertThat(Quantities.bytes(null)).isEqualTo("-");
  }
}
