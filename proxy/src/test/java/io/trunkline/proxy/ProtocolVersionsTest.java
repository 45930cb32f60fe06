package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.message;
import static io.trunkline.pgwire.Packets.packet;
import static io.trunkline.pgwire.Packets.parameter;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.proxy.stats.SessionEnd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Protocol 3.2 and 3.0 (PostgreSQL docs: "Protocol Versions"), cancel keys, and replication. */
@Timeout(60)
class ProtocolVersionsTest extends ProxyTestCase {
  private static final int VERSION_3_2 = 196_610;
  private static final byte[] STARTUP_3_2 =
      packet(VERSION_3_2, "user\0app\0_pq_.x\0on\0\0".getBytes(StandardCharsets.UTF_8));

  private final BlockingQueue<byte[]> packets = new LinkedBlockingQueue<>();

  private ProxyFixture proxy(byte[] answer) throws IOException {
    FakePostgres member =
        using(
            new FakePostgres(
                (client, in) -> {
                  packets.add(FakePostgres.readPacket(in));
                  client.getOutputStream().write(answer);
                  in.transferTo(client.getOutputStream());
                }));
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", member.address());
    proxy.leader("pg1");
    return proxy;
  }

  private byte[] sent() throws InterruptedException {
    byte[] packet = packets.poll(10, TimeUnit.SECONDS);
    assertThat(packet).isNotNull();
    return join(ByteBuffer.allocate(4).putInt(4 + packet.length).array(), packet);
  }

  private static byte[] hello(byte[]... first) {
    return join(
        join(first),
        message('R', new byte[4]),
        parameter("in_hot_standby", "off"),
        message('Z', "I"));
  }

  private static byte[] key(int length) {
    byte[] secret = "k".repeat(length).getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(4 + length).putInt(4711).put(secret).array();
  }

  @Test
  void a_server_that_knows_an_older_version_negotiates_with_the_client_itself() throws Exception {
    byte[] newest30 = {0, 0, 0, 0};
    byte[] unknown = "\0\0\0\1_pq_.x\0".getBytes(StandardCharsets.US_ASCII);
    byte[] answer = hello(message('v', join(newest30, unknown)));
    ProxyFixture proxy = proxy(answer);
    try (Socket client = proxy.connect("write")) {
      client.getOutputStream().write(STARTUP_3_2);
      assertThat(client.getInputStream().readNBytes(answer.length)).isEqualTo(answer);
      assertThat(sent()).isEqualTo(STARTUP_3_2);
    }
  }

  @Test
  void a_server_that_cannot_negotiate_refuses_in_its_own_words() throws Exception {
    byte[] error =
        message('E', "SFATAL\0VFATAL\0C0A000\0Munsupported frontend protocol 3.2: server 3.0\0\0");
    FakePostgres old =
        using(
            new FakePostgres(
                (client, in) -> {
                  FakePostgres.readPacket(in);
                  client.getOutputStream().write(error);
                }));
    ProxyFixture proxy = using(new ProxyFixture());
    proxy.member("pg1", old.address());
    proxy.leader("pg1");
    try (Socket client = proxy.connect("write")) {
      client.getOutputStream().write(STARTUP_3_2);
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(error);
    }
    assertThat(old.connections()).as("it is not asked again").isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 31, 32, 33, 128, 255, 256})
  void a_key_of_any_length_cancels(int length) throws Exception {
    byte[] key = key(length);
    byte[] answer = hello(message('K', key));
    ProxyFixture proxy = proxy(answer);
    byte[] cancel = packet(PlainOrTlsMember.CANCEL_REQUEST, key);
    try (Socket client = proxy.connect("write")) {
      client.getOutputStream().write(STARTUP_3_2);
      assertThat(client.getInputStream().readNBytes(answer.length)).isEqualTo(answer);
      assertThat(sent()).isEqualTo(STARTUP_3_2);
      try (Socket cancelling = proxy.connect("read")) {
        cancelling.getOutputStream().write(cancel);
        assertThat(sent()).isEqualTo(cancel);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 257, 388, 4096, 9_992})
  void a_key_of_a_length_that_cannot_be_is_refused_without_an_answer(int length) throws Exception {
    ProxyFixture proxy = proxy(hello());
    try (Socket client = proxy.connect("write")) {
      byte[] cancel = packet(PlainOrTlsMember.CANCEL_REQUEST, key(length));
      assertThat(Attackers.send(client, cancel)).isEmpty();
    }
    assertThat(packets).isEmpty();
    assertThat(proxy.proxy.stats().get("write").ends())
        .containsEntry(SessionEnd.CANCEL_MALFORMED, 1L);
  }

  @Test
  void a_version_that_nobody_speaks_is_refused_in_postgres_words() throws Exception {
    ProxyFixture proxy = proxy(hello());
    String words = "unsupported frontend protocol 4.0: server supports 3.0 to 3.2";
    try (Socket client = proxy.connect("write")) {
      assertThat(Attackers.send(client, packet(4 << 16, new byte[1])))
          .startsWith("E\0\0\0")
          .contains("SFATAL\0", "C0A000\0", words);
    }
    try (Socket client = proxy.connect("write")) {
      assertThat(Attackers.send(client, packet(2 << 16, new byte[300])))
          .as("the form of version 2")
          .isEqualTo("EFATAL:  trunkline: " + words.replace("4.0", "2.0") + "\n\0");
    }
    assertThat(packets).isEmpty();
    assertThat(proxy.proxy.stats().get("write").ends())
        .containsEntry(SessionEnd.PROTOCOL_UNSUPPORTED, 2L);
  }

  @Test
  void a_startup_packet_as_long_as_postgres_takes_goes_through() throws Exception {
    byte[] answer = hello();
    ProxyFixture proxy = proxy(answer);
    String options = " ".repeat(10_004 - 8 - "user\0app\0options\0\0\0".length());
    byte[] startup =
        packet(
            196_608, ("user\0app\0options\0" + options + "\0\0").getBytes(StandardCharsets.UTF_8));
    assertThat(startup).hasSize(10_004);
    try (Socket client = proxy.connect("write")) {
      client.getOutputStream().write(startup);
      assertThat(client.getInputStream().readNBytes(answer.length)).isEqualTo(answer);
      assertThat(sent()).isEqualTo(startup);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "database"})
  void replication_goes_through_byte_by_byte_the_same(String kind) throws Exception {
    byte[] answer = hello();
    ProxyFixture proxy = proxy(answer);
    byte[] parameters =
        ("user\0standby\0replication\0" + kind + "\0\0").getBytes(StandardCharsets.UTF_8);
    byte[] startup = packet(196_608, parameters);
    byte[] stream =
        join(
            message('Q', "START_REPLICATION 0/0 TIMELINE 1\0"),
            message('W', new byte[] {0, 0, 0}),
            message('d', new byte[70_000]),
            message('d', "r0123456789"));
    try (Socket client = proxy.connect("write")) {
      client.getOutputStream().write(startup);
      assertThat(client.getInputStream().readNBytes(answer.length)).isEqualTo(answer);
      assertThat(sent()).isEqualTo(startup);
      Thread.ofVirtual().start(() -> write(client, stream));
      assertThat(client.getInputStream().readNBytes(stream.length)).isEqualTo(stream);
    }
  }

  private static void write(Socket client, byte[] bytes) {
    try {
      client.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
