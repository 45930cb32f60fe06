package io.trunkline.proxy.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.trunkline.pgwire.AuthenticationRequest;
import io.trunkline.pgwire.ScramScript;
import io.trunkline.pgwire.Splits;
import io.trunkline.pgwire.scram.ChannelBinding;
import io.trunkline.pgwire.scram.ClientKey;
import io.trunkline.pgwire.scram.ScramVerifier;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.testing.Cost;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * A login that is done for a client: what the member and the client say in turn, the member first.
 * The first byte of an input says how the rest is cut, the second what is known of the role and
 * which of the two connections has TLS; {@link Splits#TURN} lets the other side speak. {@link
 * ScramScript} and {@link ClientScript} tell what stands for the parts of each side that only the
 * exchange tells.
 */
public final class ClientAuthenticationFuzz {
  private static final int FOUND = 1;
  private static final int FAILED = 2;
  private static final int CLIENT_TLS = 4;
  private static final int MEMBER_TLS = 8;
  private static final int LONGEST_REASON = 700;
  private static final Optional<ChannelBinding> BINDING = ChannelBinding.of(certificate());

  private ClientAuthenticationFuzz() {}

  private static X509Certificate certificate() {
    try (InputStream in =
        ClientAuthenticationFuzz.class.getResourceAsStream("/io/trunkline/proxy/server.crt")) {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509").generateCertificate(Objects.requireNonNull(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One input; libFuzzer's name for it. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 2) {
      return;
    }
    List<byte[]> turns = Splits.turns(input, 2);
    Cost.bounded(input.length, () -> new Login(turns, input[1], Splits::whole).events());
    List<String> whole = new Login(turns, input[1], Splits::whole).events();
    assertThat(new Login(turns, input[1], Splits::everyByte).events()).isEqualTo(whole);
    assertThat(new Login(turns, input[1], turn -> Splits.random(turn, input[0])).events())
        .isEqualTo(whole);
  }

  /** Both sides say those things. */
  private static final class Login implements ClientAuthentication.Line {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    private final ScramScript member = new ScramScript(ClientScript.PASSWORD);
    private final ClientScript client = new ClientScript();
    private final ClientAuthentication authentication;
    private final StartupGate gate;
    private final VerifierSource.Answer answer;

    /** What happened, with the length of each message: nonces differ. */
    private final List<String> events = new ArrayList<>();

    private boolean passesThrough;
    private boolean admitted;

    /** Bytes of the client's that the member gets as they are, once the exchange is over. */
    private int passedOn;

    Login(List<byte[]> turns, byte options, Function<byte[], List<byte[]>> cut) {
      boolean memberTls = (options & MEMBER_TLS) != 0;
      authentication =
          new ClientAuthentication(
              allocator,
              this,
              (options & CLIENT_TLS) != 0 ? BINDING : Optional.empty(),
              memberTls,
              memberTls ? BINDING : Optional.empty());
      gate = new StartupGate(allocator, new byte[0], false, false, Optional.of(authentication));
      answer = answer(options);
      boolean membersTurn = true;
      for (byte[] turn : turns) {
        byte[] filled = membersTurn ? member.filled(turn) : client.filled(turn);
        for (byte[] piece : cut.apply(filled)) {
          if (membersTurn) {
            fromMember(piece);
          } else {
            fromClient(piece);
          }
        }
        membersTurn = !membersTurn;
      }
      end();
    }

    private static VerifierSource.Answer answer(byte options) {
      if ((options & FAILED) != 0) {
        return new VerifierSource.Answer.Failed("nobody answers");
      }
      return (options & FOUND) != 0
          ? new VerifierSource.Answer.Found(
              ScramVerifier.parse(ClientScript.VERIFIER).orElseThrow())
          : new VerifierSource.Answer.None();
    }

    private void fromMember(byte[] piece) {
      if (passesThrough || !authentication.under()) {
        return;
      }
      gate.hear(Unpooled.copiedBuffer(piece));
      while (authentication.under() && judge()) {
        // As long as there is more to judge.
      }
    }

    /** As a session's start at its member does. */
    private boolean judge() {
      StartupGate.Verdict verdict = gate.judge();
      if (verdict == StartupGate.Verdict.AUTHENTICATION) {
        authenticate(AuthenticationRequest.kind(gate.message()));
        return true;
      }
      passesThrough = verdict != StartupGate.Verdict.WAIT;
      return false;
    }

    private void authenticate(AuthenticationRequest.Kind kind) {
      if (!authentication.isNew()) {
        byte[] data = AuthenticationRequest.data(gate.message());
        gate.take().release();
        gate.skip();
        authentication.onMember(kind, data);
      } else if (kind == AuthenticationRequest.Kind.SASL) {
        authentication.lookUp();
        if (authentication.begin(AuthenticationRequest.mechanisms(gate.message()), answer)) {
          gate.take().release();
          gate.skip();
          toClient(authentication.offer(), false);
        }
      } else {
        authentication.release();
      }
    }

    private void fromClient(byte[] piece) {
      if (!authentication.under()) {
        passedOn += piece.length;
      } else if (!passesThrough && !authentication.isNew()) {
        authentication.onClientBytes(Unpooled.copiedBuffer(piece));
      }
    }

    private void end() {
      Optional<ClientKey> key = authentication.takeKey();
      key.ifPresent(ClientKey::wipe);
      if (key.isPresent() && !authentication.under() && events.stream().noneMatch(this::refused)) {
        assertThat(admitted).as("a key of a client that the member has not let in").isTrue();
      }
      if (events.stream().noneMatch(this::refused)) {
        events.add("passed on " + passedOn);
      }
      gate.release();
      ClientAuthentication.wipe(answer);
      assertThat(allocator.metric().usedHeapMemory()).as("all is released").isZero();
      assertThat(allocator.metric().usedDirectMemory()).as("all is released").isZero();
    }

    private boolean refused(String event) {
      return event.startsWith("refused");
    }

    List<String> events() {
      return events;
    }

    private void add(String event) {
      assertThat(events.stream().noneMatch(this::refused))
          .as("after a refusal: %s", event)
          .isTrue();
      events.add(event);
    }

    /** One whole message of that type. */
    private static String message(ByteBuf message, char type) {
      assertThat((char) message.getByte(0)).isEqualTo(type);
      assertThat(message.getInt(1)).isEqualTo(message.readableBytes() - 1);
      String text = message.toString(StandardCharsets.ISO_8859_1);
      message.release();
      return text;
    }

    @Override
    public void toClient(ByteBuf message, boolean last) {
      String text = message(message, 'R');
      client.sent(text);
      add("to client " + text.length() + " " + last);
      if (last) {
        admitted = true;
        assertThat(member.proven()).as("the member has proved that it knows the role").isTrue();
        assertThat(client.proven()).as("so has the client").isTrue();
      }
    }

    @Override
    public void toMember(ByteBuf message) {
      String text = message(message, 'p');
      member.sent(text);
      add("to member " + text.length());
    }

    @Override
    public void passThrough(ByteBuf bytes) {
      passedOn += bytes.readableBytes();
      bytes.release();
    }

    @Override
    public void refuse(SessionEnd reason, String why) {
      assertThat(why).isNotBlank().hasSizeLessThan(LONGEST_REASON);
      // What is expected and what was found can be of a nonce.
      add("refused " + reason + " " + why.replaceFirst("SCRAM message: .*", "SCRAM message"));
    }
  }
}
