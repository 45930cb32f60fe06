package io.trunkline.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.trunkline.config.AuthConfig;
import io.trunkline.config.HostPort;
import io.trunkline.config.Secret;
import io.trunkline.pgwire.ScramScript;
import io.trunkline.pgwire.Splits;
import io.trunkline.pgwire.scram.ScramVerifier;
import io.trunkline.proxy.DuplexEmbeddedChannel;
import io.trunkline.testing.Cost;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;

/**
 * What a member says to the connection that asks for verifiers. The first byte of an input says how
 * the rest is cut; after {@link Splits#TURN} the next role is asked for. {@link ScramScript} tells
 * what stands for a server's part in SCRAM.
 */
public final class AuthConnectionFuzz {
  private static final String PASSWORD = "open sesame";
  private static final String ROLE = "app";
  private static final int LONGEST_REASON = 700;

  private AuthConnectionFuzz() {}

  /** What the listener was told, and how long each message was that was sent: nonces differ. */
  private record Outcome(List<String> told, List<Integer> sent) {}

  /** One input; libFuzzer's name for it. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    List<byte[]> turns = Splits.turns(input, 1);
    Cost.bounded(input.length, () -> new Conversation(turns, Splits::whole).outcome());
    Outcome whole = new Conversation(turns, Splits::whole).outcome();
    assertThat(new Conversation(turns, Splits::everyByte).outcome()).isEqualTo(whole);
    assertThat(new Conversation(turns, turn -> Splits.random(turn, input[0])).outcome())
        .isEqualTo(whole);
  }

  /** With a member that says those things. */
  private static final class Conversation implements AuthConnection.Listener {
    private final DuplexEmbeddedChannel member = new DuplexEmbeddedChannel();
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final ScramScript scram = new ScramScript(PASSWORD);
    private final AuthConnection connection;
    private final List<String> told = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();
    private final List<Integer> sent = new ArrayList<>();
    private final StringBuilder allSent = new StringBuilder();
    private boolean idle;
    private boolean ended;

    Conversation(List<byte[]> turns, Function<byte[], List<byte[]>> cut) {
      connection =
          new AuthConnection(
              new AuthConfig("asks", new Secret(PASSWORD), "postgres", "SELECT $1", false),
              new HostPort("127.0.0.1", 5432),
              Optional.empty(),
              work::add,
              this);
      member.pipeline().addLast(connection);
      member.pipeline().fireChannelActive();
      drain();
      for (byte[] turn : turns) {
        byte[] filled = scram.filled(turn);
        for (byte[] piece : cut.apply(filled)) {
          member.receive(piece);
          drain();
        }
        compute();
        if (idle) {
          idle = false;
          connection.ask(ROLE);
          drain();
        }
      }
      connection.end("the test is over");
      reasons.forEach(Conversation::reason);
      assertThat(told.getLast()).startsWith("ended");
      member.finishAndReleaseAll();
      assertThat(member.releasedAll()).as("all is released").isTrue();
      assertThat(allSent.toString())
          .as("the password, or what it could be guessed from")
          .doesNotContain(PASSWORD)
          .doesNotContainPattern("md5[0-9a-f]{32}");
      if (allSent.indexOf("SCRAM-SHA-256") >= 0) {
        assertThat(told.size() == 1 || scram.proven())
            .as("believed a server that has proved nothing")
            .isTrue();
      }
    }

    private void drain() {
      for (ByteBuf out = member.readOutbound(); out != null; out = member.readOutbound()) {
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
        member.runPendingTasks();
        drain();
      }
    }

    Outcome outcome() {
      return new Outcome(told, sent);
    }

    private void tell(String what) {
      assertThat(ended).as("told after the end: %s", what).isFalse();
      told.add(what);
      idle = !what.startsWith("ended");
    }

    private static void reason(String why) {
      assertThat(why).isNotBlank().hasSizeLessThan(LONGEST_REASON);
      assertThat(why.lines()).hasSize(1);
    }

    @Override
    public void idle(AuthConnection of) {
      tell("idle");
    }

    @Override
    public void answered(AuthConnection of, byte[] rolpassword) {
      boolean verifier =
          ScramVerifier.parse(rolpassword).filter(it -> !it.toString().isBlank()).isPresent();
      tell("answered " + verifier + " " + new String(rolpassword, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void failed(AuthConnection of, String why) {
      reasons.add(why);
      tell("failed " + ScramScript.comparable(why));
    }

    @Override
    public void ended(AuthConnection of, String why) {
      reasons.add(why);
      tell("ended " + ScramScript.comparable(why));
      ended = true;
    }
  }
}
