package io.trunkline.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventTextTest {
  private static final RandomGenerator RANDOM =
      RandomGeneratorFactory.of("L64X128MixRandom").create(42);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "pg-1|pg-1",
        "10.0.0.1:5432|10.0.0.1:5432",
        "open(pg-1)|open(pg-1)",
        "two words|\"two words\"",
        "a=b|\"a=b\"",
        "say \"hi\"|\"say \\\"hi\\\"\"",
        "C:\\x|\"C:\\\\x\"",
        "größe|größe",
        "``|\"\"",
      })
  void quotesWhereNeeded(String value, String printed) {
    assertThat(EventText.escapedValue(value)).isEqualTo(printed);
  }

  @Test
  void aLineCannotBeForged() {
    assertThat(EventText.escapedValue("x\n2026-11-21T10:00:00Z INFO fake"))
        .isEqualTo("\"x\\n2026-11-21T10:00:00Z INFO fake\"");
    assertThat(EventText.escapedValue("\u001b[31m\r\t\u0000\u0085\u2028\u202e"))
        .isEqualTo("\"\\u001b[31m\\r\\t\\u0000\\u0085\\u2028\\u202e\"");
  }

  @Test
  void longValuesAreCut() {
    assertThat(EventText.escapedValue("x".repeat(1_000_000)))
        .hasSizeLessThan(2_010)
        .endsWith("…\"");
  }

  @Test
  void namesAreWords() {
    assertThat(EventText.escapedName("lag bytes=1\n")).isEqualTo("lag_bytes_1_");
    assertThat(EventText.escapedName("")).isEqualTo("_");
  }

  @RepeatedTest(200)
  void nothingEverBreaksTheLine() {
    StringBuilder text = new StringBuilder();
    RANDOM.ints(RANDOM.nextInt(40), 0, 0x3000).forEach(text::appendCodePoint);
    assertThat(EventText.escapedValue(text.toString()).codePoints())
        .noneMatch(Character::isISOControl)
        .noneMatch(point -> Character.getType(point) == Character.LINE_SEPARATOR)
        .noneMatch(point -> Character.getType(point) == Character.FORMAT);
  }
}
