package io.trunkline.pgwire.scram;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The server's part of one SCRAM exchange with a client. The salt is the one that PostgreSQL names,
 * also for roles that do not exist, so a client learns from it no more than from PostgreSQL.
 */
public final class ScramServer {
  /** SCRAM without channel binding. */
  public static final String PLAIN = "SCRAM-SHA-256";

  /** SCRAM with channel binding. */
  public static final String PLUS = "SCRAM-SHA-256-PLUS";

  private final Optional<ChannelBinding> binding;
  private String gs2 = "";
  private String firstBare = "";
  private String nonce = "";
  private String serverFirst = "";
  private boolean bound;
  private @Nullable String authMessage;

  /**
   * @param binding to the certificate that the client was shown; empty: only SCRAM-SHA-256
   */
  public ScramServer(Optional<ChannelBinding> binding) {
    this.binding = binding;
  }

  /** What AuthenticationSASL offers, in PostgreSQL's order. */
  public List<String> mechanisms() {
    return binding.isPresent() ? List.of(PLUS, PLAIN) : List.of(PLAIN);
  }

  /**
   * Takes client-first-message.
   *
   * @param mechanism the one that the client has chosen
   * @throws ScramError if PostgreSQL would refuse it
   */
  public void clientFirst(String mechanism, byte[] message) throws ScramError {
    if (!mechanisms().contains(mechanism)) {
      throw new ScramError(
          ScramError.Kind.MALFORMED, "client selected an invalid SASL authentication mechanism");
    }
    bound = mechanism.equals(PLUS);
    Attributes in = Attributes.of(message);
    switch (in.peek()) {
      case 'n' -> {
        requirePlain();
        in.expect('n');
        in.expect(',');
      }
      case 'y' -> {
        requirePlain();
        if (binding.isPresent()) {
          throw new ScramError(
              ScramError.Kind.CHANNEL_BINDING,
              "SCRAM channel binding negotiation error: the client supports SCRAM channel binding"
                  + " but thinks the server does not");
        }
        in.expect('y');
        in.expect(',');
      }
      case 'p' -> {
        if (!bound) {
          throw ScramError.malformed(
              "the client selected SCRAM-SHA-256 without channel binding, but the message includes"
                  + " channel binding data");
        }
        if (!in.value('p').equals(ChannelBinding.TYPE)) {
          throw new ScramError(ScramError.Kind.MALFORMED, "unsupported SCRAM channel-binding type");
        }
      }
      default -> throw ScramError.malformed("unexpected channel-binding flag");
    }
    if (in.peek() == 'a') {
      throw new ScramError(
          ScramError.Kind.UNSUPPORTED,
          "client uses authorization identity, but it is not supported");
    }
    in.expect(',');
    gs2 = in.before(in.position());
    firstBare = in.from(in.position());
    if (in.peek() == 'm') {
      throw new ScramError(
          ScramError.Kind.UNSUPPORTED, "client requires an unsupported SCRAM extension");
    }
    in.value('n'); // PostgreSQL takes the role of the startup packet
    nonce = in.nonce();
  }

  private void requirePlain() throws ScramError {
    if (bound) {
      throw ScramError.malformed(
          "the client selected SCRAM-SHA-256-PLUS, but the message does not include channel binding"
              + " data");
    }
  }

  /**
   * Whether the member could take the messages of this client as they are.
   *
   * @param memberHasPlus whether the member offers channel binding
   */
  public boolean relayable(boolean memberHasPlus) {
    return gs2.startsWith("n") || (gs2.startsWith("y") && !memberHasPlus);
  }

  /** server-first-message, with the salt and iterations of the member. */
  public String serverFirst(byte[] salt, int iterations) {
    nonce += Nonce.next();
    serverFirst =
        "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(salt) + ",i=" + iterations;
    return serverFirst;
  }

  /**
   * Takes server-first-message of a member that gets this client's messages as they are: the client
   * answers that one.
   *
   * @throws ScramError if no client should answer it
   */
  public void relayedFirst(byte[] message) throws ScramError {
    ServerFirst first = ServerFirst.of(message, nonce);
    nonce = first.nonce();
    serverFirst = first.message();
  }

  /**
   * Takes client-final-message.
   *
   * @return what the client is sure to know: its key; empty: it does not prove anything
   * @throws ScramError if PostgreSQL would refuse it before it looks at the proof
   */
  public Optional<ClientKey> clientFinal(byte[] message, Optional<ScramVerifier> verifier)
      throws ScramError {
    Attributes in = Attributes.of(message);
    byte[] cbind = in.base64('c', 0);
    if (!MessageDigest.isEqual(cbind, expectedBinding())) {
      throw new ScramError(
          ScramError.Kind.CHANNEL_BINDING,
          bound
              ? "SCRAM channel binding check failed"
              : "unexpected SCRAM channel-binding attribute in client-final-message");
    }
    if (!in.nonce().equals(nonce)) {
      throw new ScramError(
          ScramError.Kind.MALFORMED, "invalid SCRAM response: the nonce does not match");
    }
    int proofAt = in.position();
    while (in.peek() != 'p') {
      in.text(); // extensions are passed over
      proofAt = in.position();
    }
    byte[] proof = in.base64('p', ScramVerifier.KEY_LENGTH);
    in.end();
    String signed = firstBare + "," + serverFirst + "," + in.before(proofAt - 1);
    authMessage = signed;
    return verifier.flatMap(known -> ClientKey.of(proof, signed, known));
  }

  private byte[] expectedBinding() {
    byte[] header = gs2.getBytes(StandardCharsets.ISO_8859_1);
    return bound ? binding.orElseThrow().after(header) : header;
  }

  /** server-final-message, which proves to the client that the server knows the role. */
  public String serverFinal(ScramVerifier verifier) {
    return "v="
        + Base64.getEncoder()
            .encodeToString(verifier.serverSignature(Objects.requireNonNull(authMessage)));
  }
}
