package io.trunkline.pgwire;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageScannerTest {
  private static final int WANTED = 3;

  /** Writes down what it is told. */
  private static final class Diary extends MessageScanner {
    private final List<String> told = new ArrayList<>();

    @Override
    boolean heeds(byte type) {
      return type != 'y';
    }

    @Override
    int wanted(byte type, int body) {
      return type == 'w' ? Math.min(body, WANTED) : 0;
    }

    @Override
    void message(byte type, int body, ByteBuf bytes, int index) {
      int count = wanted(type, body);
      told.add(
          (char) type + ":" + body + ":" + bytes.toString(index, count, StandardCharsets.US_ASCII));
    }
  }

  @RepeatedTest(200)
  void messages_are_the_same_however_they_are_split(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    List<String> expected = new ArrayList<>();
    byte[][] messages = new byte[1 + random.nextInt(20)][];
    for (int i = 0; i < messages.length; i++) {
      char type = "wxy".charAt(random.nextInt(3));
      int body = random.nextInt(4) == 0 ? random.nextInt(3000) : random.nextInt(6);
      String text = "abcdefghij".repeat(300).substring(0, body);
      messages[i] = message(type, text);
      String wanted = type == 'w' ? text.substring(0, Math.min(WANTED, body)) : "";
      if (type != 'y') {
        expected.add(type + ":" + body + ":" + wanted);
      }
    }
    byte[] stream = join(messages);
    Diary diary = new Diary();
    int at = 0;
    while (at < stream.length) {
      int step = Math.min(stream.length - at, 1 + random.nextInt(random.nextBoolean() ? 4 : 900));
      ByteBuf chunk = Unpooled.buffer();
      chunk.writeZero(random.nextInt(3)).skipBytes(chunk.writerIndex());
      chunk.writeBytes(stream, at, step);
      diary.scan(chunk);
      assertThat(diary.broken()).isFalse();
      assertThat(chunk.readableBytes()).as("the bytes pass by untouched").isEqualTo(step);
      at += step;
      assertThat(diary.atBoundary()).isEqualTo(isBoundary(messages, at));
    }
    assertThat(diary.told).isEqualTo(expected);
  }

  private static boolean isBoundary(byte[][] messages, int at) {
    int end = 0;
    for (byte[] message : messages) {
      end += message.length;
      if (end >= at) {
        break;
      }
    }
    return end == at;
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 0, -1, Integer.MIN_VALUE})
  void a_length_that_cannot_be_ends_it(int length) {
    Diary diary = new Diary();
    ByteBuf bytes = Unpooled.buffer().writeByte('x').writeInt(length);
    diary.scan(bytes);
    assertThat(diary.broken()).isTrue();
    diary.scan(Unpooled.wrappedBuffer(message('x')));
    assertThat(diary.broken()).isTrue();
    assertThat(diary.told).isEmpty();
  }

  @Test
  void two_gigabytes_are_followed_and_not_allocated() {
    Diary diary = new Diary();
    diary.scan(Unpooled.buffer().writeByte('x').writeInt(Integer.MAX_VALUE));
    assertThat(diary.broken()).isFalse();
    ByteBuf megabyte = Unpooled.buffer(1 << 20).writeZero(1 << 20);
    for (int i = 0; i < 2047; i++) {
      diary.scan(megabyte);
      assertThat(diary.broken()).isFalse();
    }
    assertThat(diary.atBoundary()).isFalse();
    // The length counts itself: 2^31 - 1 - 4 bytes of body in all.
    megabyte.writerIndex((1 << 20) - 1 - Integer.BYTES);
    diary.scan(megabyte);
    assertThat(diary.broken()).isFalse();
    assertThat(diary.atBoundary()).isTrue();
    assertThat(diary.told).containsExactly("x:2147483643:");
  }
}
