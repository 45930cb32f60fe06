package io.trunkline.pgwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NamesTest {
  private static Map<String, String> read(String parameters) {
    byte[] body = (parameters.replace('|', '\0') + "\0").getBytes(StandardCharsets.UTF_8);
    Opening opening =
        OpeningDecoder.peek(Unpooled.wrappedBuffer(Packets.packet(196_608, body))).orElseThrow();
    return ((Opening.StartupMessage) opening).parameters();
  }

  @Test
  void namesAreCutAsPostgresDoes() {
    assertThat(read("user|" + "u".repeat(64) + "|database|" + "d".repeat(9_000) + "|"))
        .isEqualTo(Map.of("user", "u".repeat(63), "database", "d".repeat(63)));
    assertThat(read("user|" + "u".repeat(63) + "|")).containsEntry("user", "u".repeat(63));
  }

  @Test
  void noCharacterIsCutInTwo() {
    for (int shift = 0; shift < 4; shift++) {
      String name = "a".repeat(shift) + "€".repeat(60);
      String cut = read("application_name|" + name + "|").get("application_name");
      assertThat(name).startsWith(cut);
      assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(61, 63);
    }
  }

  @Test
  void whatMeansNothingHereIsNotKept() {
    String many =
        IntStream.range(0, 1_000).mapToObj(i -> "p" + i + "|v|").collect(Collectors.joining());
    assertThat(read(many + "user|u|replication|database|"))
        .isEqualTo(Map.of("user", "u", "replication", "database"));
  }

  @Test
  void theNameInTheOptionsIsKeptAndTheirRestIsNot() {
    assertThat(read("user|u|options|-c work_mem=1MB -c application_name=" + "o".repeat(99) + "|"))
        .isEqualTo(Map.of("user", "u", "application_name", "o".repeat(63)));
    assertThat(read("user|u|application_name|a|options|-c application_name=o|"))
        .containsEntry("application_name", "a");
  }

  @Test
  void soIsTheNameThatAnApplicationTakesLater() {
    Conversation conversation =
        new Conversation(new Opening.StartupMessage(3, 0, Map.of("user", "u")));
    ByteBuf status = Unpooled.wrappedBuffer(Packets.parameter("application_name", "a".repeat(200)));
    conversation.toClient(status);
    assertThat(conversation.applicationName()).isEqualTo("a".repeat(63));
  }
}
