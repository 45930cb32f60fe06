package io.trunkline.daemon.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.trunkline.config.HostPort;
import io.trunkline.daemon.status.PredecessorReport;
import io.trunkline.daemon.status.StatusJson;
import io.trunkline.pgwire.Splits;
import io.trunkline.testing.Cost;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What two processes of one node say to each other. The first byte of an input says how the rest is
 * cut. A line is understood, or is an IOException that says why: nothing else is expected where
 * lines are read.
 */
public final class HandoverFuzz {
  private HandoverFuzz() {}

  /** Reads what comes after the first word of a line. */
  private interface Reader {
    Object read(String rest) throws IOException;
  }

  private static final Map<String, Reader> READERS =
      Map.of(
          "hello", rest -> StatusJson.read(rest, ProcessInfo.class),
          "sockets", rest -> List.of(StatusJson.read(rest, HostPort[].class)),
          "legacy", rest -> StatusJson.read(rest, HandoverState.class),
          "sessions", rest -> StatusJson.read(rest, PredecessorReport.class),
          "left", Predecessor::count);

  /** One input; libFuzzer's name for it. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
    Cost.bounded(input.length, () -> understood(Splits.whole(bytes)));
    List<Object> whole = understood(Splits.whole(bytes));
    assertThat(understood(Splits.everyByte(bytes))).isEqualTo(whole);
    assertThat(understood(Splits.random(bytes, input[0]))).isEqualTo(whole);
  }

  private static List<Object> understood(List<byte[]> pieces) {
    HandoverChannel.Initializer initializer = new HandoverChannel.Initializer();
    EmbeddedChannel other = new EmbeddedChannel(initializer);
    HandoverChannel channel = initializer.first().join();
    for (byte[] piece : pieces) {
      if (other.isOpen()) {
        other.writeInbound(Unpooled.wrappedBuffer(piece));
      }
    }
    other.finishAndReleaseAll();
    List<Object> all = new ArrayList<>();
    while (true) {
      String line;
      try {
        line = channel.receive(Duration.ZERO).orElseThrow();
      } catch (IOException e) {
        assertThat(e).hasMessage("the other process went away");
        return all;
      }
      all.add(understood(line));
    }
  }

  private static Object understood(String line) {
    int space = line.indexOf(' ');
    Reader reader = READERS.get(line.substring(0, Math.max(0, space)));
    if (reader == null) {
      return line;
    }
    try {
      Object read = reader.read(line.substring(space + 1));
      assertThat(read).isNotNull();
      return read;
    } catch (IOException e) {
      assertThat(e.getMessage()).isNotBlank();
      return "not understood";
    }
  }
}
