package io.trunkline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** No bytes make the loader throw, and whatever it refuses it refuses with a reason. */
class FuzzTest {
  private static final byte[] FULL =
      FullMappingTest.text("spelled.yaml").getBytes(StandardCharsets.UTF_8);
  private static final List<String> INSERTS =
      List.of(
          "\t",
          "\n",
          "  ",
          ": ",
          "- ",
          "[",
          "]",
          "{",
          "}",
          "'",
          "\"",
          "#",
          "&a ",
          "*a",
          "!",
          "|",
          ">",
          "%",
          "@",
          "---\n",
          "...\n",
          "? ",
          "<<: ",
          "${",
          "${A}",
          "$${",
          "~",
          "null",
          ",",
          "\u0000",
          "\ufeff",
          "é",
          "\u2028",
          "99999999999999999999",
          "-1",
          "1e9",
          "::",
          "/",
          "\\");

  @Test
  void cut_off_at_every_byte() {
    // On all processors: every other module waits for this one.
    IntStream.range(0, FULL.length)
        .parallel()
        .forEach(length -> ConfigurationFuzz.check(Arrays.copyOf(FULL, length)));
  }

  @Test
  void mutated() {
    var random = new Random(20_261_121);
    // About 3 ms each; -DargLine=-Dtrunkline.fuzz=100000 for a long look.
    for (int i = Integer.getInteger("trunkline.fuzz", 1500); i > 0; i--) {
      byte[] bytes = FULL;
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        bytes = mutate(bytes, random);
      }
      ConfigurationFuzz.check(bytes);
    }
  }

  @Test
  void noise() {
    var random = new Random(1);
    for (int i = 0; i < 5000; i++) {
      byte[] bytes = new byte[random.nextInt(100)];
      random.nextBytes(bytes);
      for (int j = 0; i % 2 == 0 && j < bytes.length; j++) {
        bytes[j] = (byte) "ab:- \n\t[]{},'\"&*!|>%@#?~$<=\\".charAt((bytes[j] & 0xff) % 28);
      }
      ConfigurationFuzz.check(bytes);
    }
  }

  private static byte[] mutate(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length);
    int to = Math.min(bytes.length, at + random.nextInt(40));
    return switch (random.nextInt(5)) {
      case 0 -> {
        byte[] changed = bytes.clone();
        changed[at] = (byte) random.nextInt(256);
        yield changed;
      }
      case 1 -> join(bytes, at, new byte[0], to);
      case 2 -> join(bytes, at, Arrays.copyOfRange(bytes, at, to), at);
      case 3 -> {
        int from = random.nextInt(bytes.length);
        int end = Math.min(bytes.length, from + random.nextInt(60));
        yield join(bytes, at, Arrays.copyOfRange(bytes, from, end), to);
      }
      default -> {
        String insert = INSERTS.get(random.nextInt(INSERTS.size()));
        yield join(bytes, at, insert.getBytes(StandardCharsets.UTF_8), at);
      }
    };
  }

  private static byte[] join(byte[] bytes, int at, byte[] insert, int rest) {
    byte[] joined = Arrays.copyOf(bytes, at + insert.length + bytes.length - rest);
    System.arraycopy(insert, 0, joined, at, insert.length);
    System.arraycopy(bytes, rest, joined, at + insert.length, bytes.length - rest);
    return joined;
  }

  @Test
  void a_megabyte_of_anything_is_answered_quickly() {
    for (String unit :
        List.of("a: b\n", "[", "{a: ", "- x\n", "'", "x", "a\n", "? ", "&a ", "- ")) {
      String text = unit.repeat(SourceFile.LARGEST / unit.length());
      long start = System.nanoTime();
      assertThat(new ConfigLoader(Map.of()).load(Path.of("f"), text))
          .isInstanceOf(ConfigResult.Invalid.class);
      assertThat(System.nanoTime() - start).as(unit).isLessThan(5_000_000_000L);
    }
  }
}
