package io.trunkline.pgwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ApplicationNameTest {
  private static final InetSocketAddress CLIENT = address("192.0.2.7", 40_000);

  private static InetSocketAddress address(String literal, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
  }

  private static Optional<ByteBuf> addHost(String parameters, InetSocketAddress client) {
    byte[] body = (parameters.replace('|', '\0') + "\0").getBytes(StandardCharsets.UTF_8);
    ByteBuf packet = Unpooled.wrappedBuffer(Packets.packet(196_608, body), new byte[] {1, 2});
    return ApplicationName.addHost(UnpooledByteBufAllocator.DEFAULT, packet, client);
  }

  private static Map<String, String> named(String parameters, InetSocketAddress client) {
    ByteBuf packet = addHost(parameters, client).orElseThrow();
    assertThat(packet.readableBytes()).isEqualTo(OpeningDecoder.length(packet));
    Opening opening = OpeningDecoder.peek(packet).orElseThrow();
    packet.release();
    return ((Opening.StartupMessage) opening).parameters();
  }

  private static String name(String application, InetSocketAddress client) {
    return named("user|u|application_name|" + application + "|", client).get("application_name");
  }

  @Test
  void theHostIsAppended() {
    assertThat(named("user|u|application_name|psql|database|d|", CLIENT))
        .isEqualTo(
            Map.of("user", "u", "application_name", "psql - 192.0.2.7:40000", "database", "d"));
  }

  @Test
  void aMissingNameIsTheHost() {
    Map<String, String> expected = Map.of("user", "u", "application_name", "192.0.2.7:40000");
    assertThat(named("user|u|", CLIENT)).isEqualTo(expected);
    assertThat(named("user|u|application_name||", CLIENT)).isEqualTo(expected);
  }

  @Test
  void aNameThatIsGivenInOptionsIsKept() {
    String options = "-c work_mem=1MB --application-name=my\\ app";
    assertThat(named("user|u|options|" + options + "|", CLIENT))
        .containsEntry("application_name", "my app - 192.0.2.7:40000");
    ByteBuf packet = addHost("user|u|options|" + options + "|", CLIENT).orElseThrow();
    assertThat(packet.toString(StandardCharsets.UTF_8)).contains("\0options\0" + options + "\0");
    packet.release();
    assertThat(named("application_name|psql|options|" + options + "|", CLIENT))
        .as("as in PostgreSQL a parameter counts more")
        .containsEntry("application_name", "psql - 192.0.2.7:40000");
    assertThat(named("Application_Name|psql|user|u|", CLIENT))
        .isEqualTo(Map.of("user", "u", "application_name", "psql - 192.0.2.7:40000"));
  }

  @Test
  void aLongNameIsCutAndTheHostIsKept() {
    assertThat(name("a".repeat(200), CLIENT)).hasSize(63).matches("a{45} - 192\\.0\\.2\\.7:40000");
    assertThat(name("a".repeat(63), address("2001:db8:1111:2222:3333:4444:5555:6666", 40_000)))
        .hasSize(63)
        .endsWith(" - [2001:db8:1111:2222:3333:4444:5555:6666]:40000");
  }

  @Test
  void noCharacterIsCutInTwo() {
    for (int shift = 0; shift < 4; shift++) {
      String name = name("a".repeat(shift) + "€".repeat(60), CLIENT);
      assertThat(name).matches("a*€+ - 192\\.0\\.2\\.7:40000");
      assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(61, 63);
    }
  }

  @Test
  void theLastOfSeveralCountsAsInPostgres() {
    assertThat(named("application_name|one|user|u|application_name|two|", CLIENT))
        .containsEntry("application_name", "two - 192.0.2.7:40000");
  }

  @Test
  void aPacketThatWouldBeTooLongStaysAsItIs() {
    String options = "x".repeat(Opening.MAX_LENGTH - 30);
    assertThat(addHost("options|" + options + "|", CLIENT)).isEmpty();
  }
}
