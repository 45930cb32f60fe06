package io.trunkline.pgwire.scram;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** The client's part of one SCRAM exchange with a member, with the key of a client. */
public final class ScramLogin {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String mechanism;
  private final byte[] bindingInput;
  private final String nonce = Nonce.next();
  private String serverFirst = "";
  private String serverNonce = "";
  private byte[] salt = {};
  private int iterations;
  private String authMessage = "";

  private ScramLogin(String mechanism, byte[] bindingInput) {
    this.mechanism = mechanism;
    this.bindingInput = bindingInput;
  }

  /**
   * As libpq with {@code channel_binding=prefer}.
   *
   * @param offered the mechanisms of AuthenticationSASL
   * @param tls whether the connection is encrypted
   * @param binding to the member's certificate, if there is one
   * @return empty: it offers none that is known
   */
  public static Optional<ScramLogin> choose(
      List<String> offered, boolean tls, Optional<ChannelBinding> binding) {
    if (binding.isPresent() && offered.contains(ScramServer.PLUS)) {
      byte[] header = ("p=" + ChannelBinding.TYPE + ",,").getBytes(StandardCharsets.US_ASCII);
      return Optional.of(new ScramLogin(ScramServer.PLUS, binding.get().after(header)));
    }
    String flag = tls && binding.isPresent() ? "y,," : "n,,";
    return offered.contains(ScramServer.PLAIN)
        ? Optional.of(new ScramLogin(ScramServer.PLAIN, flag.getBytes(StandardCharsets.US_ASCII)))
        : Optional.empty();
  }

  /** The one that it has chosen. */
  public String mechanism() {
    return mechanism;
  }

  /** client-first-message. */
  public String clientFirst() {
    String input = new String(bindingInput, StandardCharsets.ISO_8859_1);
    return input.substring(0, input.indexOf(",,") + 2) + bare();
  }

  private String bare() {
    return "n=,r=" + nonce; // PostgreSQL takes the role of the startup packet
  }

  /**
   * Takes server-first-message.
   *
   * @throws ScramError if no client should answer it
   */
  public void serverFirst(byte[] message) throws ScramError {
    ServerFirst first = ServerFirst.of(message, nonce);
    serverNonce = first.nonce();
    serverFirst = first.message();
    salt = first.salt();
    iterations = first.iterations();
  }

  /** The salt that the member has named: of the role, or made up where there is no such role. */
  public byte[] salt() {
    return salt;
  }

  /** How often the client is to hash. */
  public int iterations() {
    return iterations;
  }

  /** Whether the member means that verifier: no other may be told a proof. */
  public boolean isFor(ScramVerifier verifier) {
    return verifier.isOf(salt, iterations);
  }

  /** client-final-message of a client that knows the password. */
  public String clientFinal(ClientKey key) {
    if (!isFor(key.verifier())) {
      throw new IllegalArgumentException("the member has another verifier");
    }
    String withoutProof = withoutProof();
    authMessage = bare() + "," + serverFirst + "," + withoutProof;
    return withoutProof + ",p=" + Base64.getEncoder().encodeToString(key.proof(authMessage));
  }

  /** The same of one that does not: so PostgreSQL refuses it, and its log tells. */
  public String clientFinalThatFails() {
    byte[] proof = new byte[ScramVerifier.KEY_LENGTH];
    RANDOM.nextBytes(proof);
    return withoutProof() + ",p=" + Base64.getEncoder().encodeToString(proof);
  }

  private String withoutProof() {
    return "c=" + Base64.getEncoder().encodeToString(bindingInput) + ",r=" + serverNonce;
  }

  /**
   * Takes server-final-message.
   *
   * @throws ScramError if the member has not proved that it knows the role
   */
  public void serverFinal(byte[] message, ScramVerifier verifier) throws ScramError {
    byte[] signature = Attributes.of(message).base64('v', ScramVerifier.KEY_LENGTH);
    if (!MessageDigest.isEqual(signature, verifier.serverSignature(authMessage))) {
      throw ScramError.malformed("the member has not proved that it knows the role's password");
    }
  }
}
