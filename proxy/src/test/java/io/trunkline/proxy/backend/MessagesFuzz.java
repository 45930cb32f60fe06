package io.trunkline.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.trunkline.pgwire.CancelKey;
import io.trunkline.pgwire.Conversation;
import io.trunkline.pgwire.Opening;
import io.trunkline.pgwire.Splits;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The messages of both sides of a session. The first byte of an input says how the rest is cut, the
 * second what the member has to be; {@link Splits#TURN} in the rest lets the other side speak.
 */
public final class MessagesFuzz {
  private static final int WANTS_PRIMARY = 1;
  private static final int WITHOUT_CHANNEL_BINDING = 2;

  /** What a greeting that is held back may take: its limit, rounded up by the buffer. */
  private static final long MOST_HELD = 256 * 1024;

  private MessagesFuzz() {}

  /** All that can be told of a session. */
  private record Outcome(
      @Nullable String refused,
      String sent,
      List<Object> flags,
      Optional<CancelKey> key,
      String applicationName,
      Optional<Boolean> inHotStandby) {}

  /** One input; libFuzzer's name for it. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 2) {
      return;
    }
    List<byte[]> turns = Splits.turns(input, 2);
    Outcome whole = outcome(turns, input[1], Splits::whole);
    assertThat(outcome(turns, input[1], Splits::everyByte)).isEqualTo(whole);
    assertThat(outcome(turns, input[1], turn -> Splits.random(turn, input[0]))).isEqualTo(whole);
    bytesOutAreBytesIn(turns, whole, (input[1] & WITHOUT_CHANNEL_BINDING) != 0);
  }

  private static Outcome outcome(
      List<byte[]> turns, byte options, Function<byte[], List<byte[]>> cut) {
    Relay relay = new Relay(options);
    boolean membersTurn = true;
    for (byte[] turn : turns) {
      for (byte[] piece : cut.apply(turn)) {
        relay.pass(piece, membersTurn);
      }
      membersTurn = !membersTurn;
    }
    relay.memberCloses();
    return relay.outcome();
  }

  private static void bytesOutAreBytesIn(List<byte[]> turns, Outcome whole, boolean rewritten) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    for (int turn = 0; turn < turns.size(); turn += 2) {
      said.writeBytes(turns.get(turn));
    }
    String all = said.toString(StandardCharsets.ISO_8859_1);
    if (rewritten && all.contains("SCRAM-SHA-256-PLUS")) {
      assertThat(whole.sent().length()).isLessThanOrEqualTo(all.length());
    } else if (whole.refused() == null) {
      assertThat(whole.sent()).isEqualTo(all);
    } else {
      assertThat(all).startsWith(whole.sent());
    }
  }

  /** Passes bytes on in the way a session does. */
  private static final class Relay {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    private final Conversation conversation =
        new Conversation(new Opening.StartupMessage(3, 2, Map.of("user", "app")));
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private @Nullable StartupGate greeting;
    private @Nullable String refused;

    Relay(byte options) {
      greeting =
          new StartupGate(
              allocator,
              new byte[0],
              (options & WANTS_PRIMARY) != 0,
              (options & WITHOUT_CHANNEL_BINDING) != 0,
              java.util.Optional.empty());
    }

    void pass(byte[] bytes, boolean fromMember) {
      if (refused != null) {
        return;
      }
      if (!fromMember) {
        ByteBuf chunk = Unpooled.wrappedBuffer(bytes);
        conversation.toMember(chunk);
        untouched(chunk, bytes);
      } else if (greeting == null) {
        send(Unpooled.wrappedBuffer(bytes));
      } else {
        greeting.hear(Unpooled.wrappedBuffer(bytes));
        judge(greeting);
      }
    }

    private void judge(StartupGate heard) {
      assertThat(allocator.metric().usedHeapMemory()).isLessThanOrEqualTo(MOST_HELD);
      while (heard == greeting) {
        StartupGate.Verdict verdict = heard.judge();
        switch (verdict) {
          case WAIT -> {
            return;
          }
          case ASK_CLIENT -> send(heard.take());
          case AUTHENTICATION -> throw new AssertionError("nobody logs in for the client here");
          case LET_THROUGH -> {
            ByteBuf rest = heard.take();
            forgetGreeting();
            send(rest);
          }
          case STANDBY, NOT_ACCEPTING -> {
            refused = verdict.name();
            forgetGreeting();
          }
        }
      }
    }

    private void forgetGreeting() {
      if (greeting != null) {
        greeting.release();
        greeting = null;
      }
    }

    private void send(ByteBuf bytes) {
      byte[] before = ByteBufUtil.getBytes(bytes);
      conversation.toClient(bytes);
      untouched(bytes, before);
      sent.writeBytes(before);
      bytes.release();
      canTellOnlyBetweenMessages();
    }

    private static void untouched(ByteBuf bytes, byte[] before) {
      assertThat(ByteBufUtil.getBytes(bytes)).isEqualTo(before);
      assertThat(bytes.refCnt()).isEqualTo(1);
    }

    private void canTellOnlyBetweenMessages() {
      if (conversation.canTellClient()) {
        assertThat(endsAMessage(sent.toByteArray())).isTrue();
      }
    }

    /** Whether those bytes are whole messages; the simplest way to tell. */
    private static boolean endsAMessage(byte[] bytes) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.remaining() >= 1 + Integer.BYTES) {
        byte type = left.get();
        int body = left.getInt() - Integer.BYTES;
        if (type <= 0 || body < 0 || body > left.remaining()) {
          return false;
        }
        left.position(left.position() + body);
      }
      return !left.hasRemaining();
    }

    void memberCloses() {
      if (greeting != null) {
        ByteBuf rest = greeting.takeAll();
        forgetGreeting();
        send(rest);
      }
      assertThat(allocator.metric().usedHeapMemory()).as("all is released").isZero();
    }

    Outcome outcome() {
      return new Outcome(
          refused,
          sent.toString(StandardCharsets.ISO_8859_1),
          List.of(
              conversation.visible(),
              conversation.idle(),
              conversation.busy(),
              conversation.canTellClient(),
              conversation.terminated(),
              conversation.fatal(),
              conversation.takeReadOnlyError(),
              conversation.transaction()),
          conversation.key(),
          conversation.applicationName(),
          conversation.inHotStandby());
    }
  }
}
