package io.trunkline.proxy.backend;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.message;
import static io.trunkline.pgwire.Packets.parameter;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.trunkline.proxy.backend.StartupGate.Verdict;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StartupGateTest {
  private static final byte[] OK = message('R', new byte[4]);
  private static final byte[] READY = message('Z', "I");

  private final List<StartupGate> greetings = new ArrayList<>();

  private StartupGate greeting(boolean wantsPrimary) {
    return greeting(wantsPrimary, false);
  }

  private StartupGate greeting(boolean wantsPrimary, boolean withoutChannelBinding) {
    StartupGate greeting =
        new StartupGate(
            UnpooledByteBufAllocator.DEFAULT,
            new byte[0],
            wantsPrimary,
            withoutChannelBinding,
            java.util.Optional.empty());
    greetings.add(greeting);
    return greeting;
  }

  @AfterEach
  void release() {
    greetings.forEach(StartupGate::release);
  }

  private static Verdict hear(StartupGate greeting, byte[]... bytes) {
    greeting.hear(Unpooled.wrappedBuffer(join(bytes)));
    return greeting.judge();
  }

  private static byte[] taken(StartupGate greeting) {
    ByteBuf bytes = greeting.take();
    try {
      return ByteBufUtil.getBytes(bytes);
    } finally {
      bytes.release();
    }
  }

  private static byte[] authentication(int code, String more) {
    byte[] text = more.getBytes(StandardCharsets.UTF_8);
    return message('R', ByteBuffer.allocate(4 + text.length).putInt(code).put(text).array());
  }

  @Test
  void nothing_is_let_through_before_it_is_ready() {
    byte[] all = join(OK, parameter("in_hot_standby", "off"), message('K', "12345678"), READY);
    StartupGate greeting = greeting(true);
    for (int i = 0; i < all.length - 1; i++) {
      assertThat(hear(greeting, new byte[] {all[i]})).isEqualTo(Verdict.WAIT);
    }
    assertThat(hear(greeting, new byte[] {all[all.length - 1]})).isEqualTo(Verdict.LET_THROUGH);
    assertThat(taken(greeting)).isEqualTo(all);
  }

  @Test
  void a_standby_is_told_from_a_primary() {
    byte[] standby = parameter("in_hot_standby", "on");
    assertThat(hear(greeting(true), OK, standby, READY)).isEqualTo(Verdict.STANDBY);
    assertThat(hear(greeting(false), OK, standby, READY)).isEqualTo(Verdict.LET_THROUGH);
    assertThat(hear(greeting(true), OK, parameter("in_hot_standbyx", "on"), READY))
        .isEqualTo(Verdict.LET_THROUGH);
  }

  @Test
  void the_client_answers_a_request_for_a_password_and_the_rest_waits() {
    StartupGate greeting = greeting(true);
    byte[] ask = authentication(5, "salt");
    assertThat(hear(greeting, ask)).isEqualTo(Verdict.ASK_CLIENT);
    assertThat(taken(greeting)).isEqualTo(ask);
    assertThat(hear(greeting, OK, parameter("in_hot_standby", "on"))).isEqualTo(Verdict.STANDBY);
  }

  @Test
  void the_last_of_scram_goes_on_before_what_follows_is_judged() {
    StartupGate greeting = greeting(true);
    byte[] last = authentication(12, "v=proof");
    assertThat(hear(greeting, last, OK, READY)).isEqualTo(Verdict.ASK_CLIENT);
    assertThat(taken(greeting)).isEqualTo(last);
    assertThat(greeting.judge()).isEqualTo(Verdict.LET_THROUGH);
    assertThat(taken(greeting)).isEqualTo(join(OK, READY));
  }

  @Test
  void who_starts_up_is_not_accepting_and_other_errors_are_the_clients() {
    byte[] starting = message('E', "SFATAL\0VFATAL\0C57P03\0Mstarting up\0\0");
    byte[] unknown = message('E', "SFATAL\0VFATAL\0C28P01\0Mpassword\0\0");
    assertThat(hear(greeting(true), starting)).isEqualTo(Verdict.NOT_ACCEPTING);
    assertThat(hear(greeting(true), unknown)).isEqualTo(Verdict.LET_THROUGH);
  }

  @Test
  void channel_binding_is_withheld_where_tls_ends_here() {
    StartupGate greeting = greeting(true, true);
    byte[] offer = authentication(10, "SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0");
    assertThat(hear(greeting, offer)).isEqualTo(Verdict.ASK_CLIENT);
    assertThat(taken(greeting)).isEqualTo(authentication(10, "SCRAM-SHA-256\0\0"));
    assertThat(hear(greeting, OK, READY)).isEqualTo(Verdict.LET_THROUGH);
  }

  @Test
  void channel_binding_is_left_alone_elsewhere() {
    StartupGate greeting = greeting(true);
    byte[] offer = authentication(10, "SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0");
    assertThat(hear(greeting, offer)).isEqualTo(Verdict.ASK_CLIENT);
    assertThat(taken(greeting)).isEqualTo(offer);
  }

  @Test
  void garbage_is_the_clients_to_judge() {
    StartupGate greeting = greeting(true);
    assertThat(hear(greeting, "HTTP/1.1 400 Bad Request".getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(Verdict.LET_THROUGH);
    assertThat(taken(greeting)).hasSize(24);
  }

  @Test
  void who_talks_for_ever_is_listened_to_no_longer() {
    StartupGate greeting = greeting(true);
    byte[] notice = message('N', "x".repeat(30_000));
    assertThat(hear(greeting, notice)).isEqualTo(Verdict.WAIT);
    assertThat(hear(greeting, notice)).isEqualTo(Verdict.WAIT);
    assertThat(hear(greeting, notice)).isEqualTo(Verdict.LET_THROUGH);
  }
}
