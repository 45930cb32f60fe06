package io.trunkline.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class WatchScreenTest {
  private static final String GIVEN_BACK = "\u001b[?7h\u001b[?25h\u001b[?1049l";

  private final StringWriter out = new StringWriter();
  private final WatchScreen screen = new WatchScreen(new PrintWriter(out), () -> 3);

  private String drawn(String text) {
    out.getBuffer().setLength(0);
    screen.draw(text);
    return out.toString();
  }

  @Test
  void eachDrawingCoversTheOneBefore() {
    assertThat(out.toString()).isEqualTo("\u001b[?1049h\u001b[?25l\u001b[?7l");
    assertThat(drawn("a\nb\n")).isEqualTo("\u001b[Ha\u001b[K\r\nb\u001b[K\u001b[J");
  }

  @Test
  void theTopIsSeenWhereThereIsNoRoomForAll() {
    assertThat(drawn("1\n2\n3\n")).contains("3").doesNotContain("more");
    assertThat(drawn("1\n2\n3\n4\n5\n"))
        .isEqualTo("\u001b[H1\u001b[K\r\n2\u001b[K\r\n(3 more lines)\u001b[K\u001b[J");
  }

  @Test
  void closedOnceTheTerminalIsAsItWas() {
    screen.close();
    assertThat(out.toString()).endsWith(GIVEN_BACK);
    assertThat(drawn("late")).isEmpty();
    screen.close();
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void sizesOfTerminals() {
    assertThat(WatchScreen.terminalRows("24 80\n")).isEqualTo(24);
    assertThat(WatchScreen.terminalRows("0 0\n")).isEqualTo(Integer.MAX_VALUE);
    assertThat(WatchScreen.terminalRows("")).isEqualTo(Integer.MAX_VALUE);
  }
}
