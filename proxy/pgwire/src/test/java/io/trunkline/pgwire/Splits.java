package io.trunkline.pgwire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Ways to cut bytes into what a socket could hand over. */
public final class Splits {
  private static final int LONGEST_RANDOM_PIECE = 64;

  /** In an input of a fuzzer: the other side speaks. */
  public static final String TURN = "\u00ff\u00fe";

  private Splits() {}

  /** What one side says between {@link #TURN}s, in an input from that place on. */
  public static List<byte[]> turns(byte[] input, int from) {
    String text = new String(input, from, input.length - from, StandardCharsets.ISO_8859_1);
    return Arrays.stream(text.split(TURN, -1))
        .map(turn -> turn.getBytes(StandardCharsets.ISO_8859_1))
        .toList();
  }

  /** In one piece. */
  public static List<byte[]> whole(byte[] bytes) {
    return bytes.length == 0 ? List.of() : List.of(bytes);
  }

  /** Byte by byte. */
  public static List<byte[]> everyByte(byte[] bytes) {
    List<byte[]> pieces = new ArrayList<>();
    for (byte each : bytes) {
      pieces.add(new byte[] {each});
    }
    return pieces;
  }

  /** In pieces whose lengths follow from the seed. */
  public static List<byte[]> random(byte[] bytes, int seed) {
    Random random = new Random(seed);
    List<byte[]> pieces = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      int longest = 1 + random.nextInt(LONGEST_RANDOM_PIECE);
      int end = Math.min(bytes.length, at + 1 + random.nextInt(longest));
      pieces.add(Arrays.copyOfRange(bytes, at, end));
      at = end;
    }
    return pieces;
  }
}
