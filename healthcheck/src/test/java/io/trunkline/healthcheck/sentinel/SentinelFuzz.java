package io.trunkline.healthcheck.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.trunkline.config.Configs;
import io.trunkline.config.HostPort;
import io.trunkline.config.SentinelConfig;
import io.trunkline.config.SentinelConfig.Auth;
import io.trunkline.healthcheck.Facts;
import io.trunkline.pgwire.ScramScript;
import io.trunkline.pgwire.Splits;
import io.trunkline.routing.SentinelAnswer;
import io.trunkline.routing.SentinelAnswer.Access;
import io.trunkline.testing.Cost;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a member's PostgreSQL says to the sentinel. The first byte of an input says how the rest is
 * cut, the second which ways of authentication are allowed; after {@link Splits#TURN} a second has
 * passed and the next question is asked. {@link ScramScript} tells what stands for a server's part
 * in SCRAM.
 */
public final class SentinelFuzz {
  private static final String PASSWORD = "open sesame";
  private static final int ALLOW_ALL = 1;

  private SentinelFuzz() {}

  /** All that came of it; of what was sent, how long each message is: nonces differ. */
  private record Outcome(List<SentinelAnswer> answers, @Nullable String end, List<Integer> sent) {}

  /** One input; libFuzzer's name for it. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 2) {
      return;
    }
    List<byte[]> turns = Splits.turns(input, 2);
    boolean all = (input[1] & ALLOW_ALL) != 0;
    Cost.bounded(input.length, () -> new Conversation(turns, all, Splits::whole).outcome());
    Outcome whole = new Conversation(turns, all, Splits::whole).outcome();
    assertThat(new Conversation(turns, all, Splits::everyByte).outcome()).isEqualTo(whole);
    assertThat(new Conversation(turns, all, turn -> Splits.random(turn, input[0])).outcome())
        .isEqualTo(whole);
    whole.answers().forEach(SentinelFuzz::check);
  }

  private static void check(SentinelAnswer answer) {
    Facts.timeline(answer.timeline());
    assertThat(answer.askedAt()).isBeforeOrEqualTo(answer.at());
    if (answer.access() != Access.READ_WRITE) {
      assertThat(answer.timeline()).isEmpty();
    }
    answer
        .upstream()
        .ifPresent(
            upstream -> {
              assertThat(answer.access()).isEqualTo(Access.IN_RECOVERY);
              assertThat(upstream.timeline()).isBetween(0L, 0xFFFF_FFFFL);
              Facts.address(upstream.sender());
            });
  }

  /** With a server that says those things. */
  private static final class Conversation implements SentinelCall.Listener {
    private final EmbeddedChannel server = new EmbeddedChannel();
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final ScramScript scram = new ScramScript(PASSWORD);
    private final SentinelCall call;
    private final List<SentinelAnswer> answers = new ArrayList<>();
    private final List<Integer> sent = new ArrayList<>();
    private final StringBuilder allSent = new StringBuilder();
    private Instant now = Instant.EPOCH;
    private @Nullable String end;

    Conversation(List<byte[]> turns, boolean all, Function<byte[], List<byte[]>> cut) {
      server.config().setAllocator(allocator);
      server.freezeTime();
      call =
          new SentinelCall(
              config(all),
              new HostPort("127.0.0.1", 5432),
              new SentinelCall.Supplies(server.eventLoop(), work::add, () -> now, Optional.empty()),
              this);
      call.start();
      server.pipeline().addLast(call);
      server.pipeline().fireChannelActive();
      drain();
      for (byte[] turn : turns) {
        byte[] filled = scram.filled(turn);
        cut.apply(filled).forEach(this::say);
        compute();
        now = now.plusSeconds(1);
        if (call.idle()) {
          call.ask();
          drain();
        }
      }
      call.close();
      drain();
      if (end != null) {
        Facts.reason(end);
      }
      server.finishAndReleaseAll();
      assertThat(allocator.metric().usedHeapMemory()).as("all is released").isZero();
      assertThat(allocator.metric().usedDirectMemory()).as("all is released").isZero();
      assertThat(allSent.toString())
          .as("the password, or what it could be guessed from")
          .doesNotContain(PASSWORD)
          .doesNotContainPattern("md5[0-9a-f]{32}");
      if (allSent.indexOf("SCRAM-SHA-256") >= 0) {
        assertThat(answers.isEmpty() || scram.proven())
            .as("believed a server that has proved nothing")
            .isTrue();
      }
    }

    private static SentinelConfig config(boolean all) {
      SentinelConfig config = Configs.sentinel("user: watcher", "password: '" + PASSWORD + "'");
      return all
          ? config
          : Configs.change(config)
              .with(SentinelConfig::requireAuth, Set.of(Auth.SCRAM_SHA_256))
              .record();
    }

    private void say(byte[] bytes) {
      if (server.isOpen()) {
        server.writeInbound(Unpooled.wrappedBuffer(bytes));
        drain();
      }
    }

    private void drain() {
      for (ByteBuf out = server.readOutbound(); out != null; out = server.readOutbound()) {
        String message = out.toString(StandardCharsets.ISO_8859_1);
        out.release();
        scram.sent(message);
        allSent.append(message);
        sent.add(message.length());
      }
    }

    private void compute() {
      while (!work.isEmpty() && scram.computable()) {
        work.remove().run();
        server.runPendingTasks();
        drain();
      }
    }

    Outcome outcome() {
      return new Outcome(answers, end == null ? null : ScramScript.comparable(end), sent);
    }

    @Override
    public void answered(SentinelAnswer answer) {
      assertThat(end).as("over").isNull();
      answers.add(answer);
    }

    @Override
    public void ended(SentinelCall.Failure failure, String reason) {
      assertThat(end).as("told once").isNull();
      end = failure + ": " + reason;
    }
  }
}
