package io.trunkline.pgwire.scram;

import com.ongres.scram.common.ScramFunctions;
import java.util.Arrays;
import java.util.Optional;

/**
 * ClientKey of RFC 5802: whoever has it can log in wherever the verifier is the same. It lives as
 * long as the session, and is in no text.
 */
public final class ClientKey {
  private final byte[] key;
  private final ScramVerifier verifier;

  private ClientKey(byte[] key, ScramVerifier verifier) {
    this.key = key;
    this.verifier = verifier;
  }

  /** The key in a proof; empty where the client does not know the password. */
  static Optional<ClientKey> of(byte[] proof, String authMessage, ScramVerifier verifier) {
    byte[] key = ScramFunctions.clientProof(proof, verifier.clientSignature(authMessage));
    if (verifier.isOf(key)) {
      return Optional.of(new ClientKey(key, verifier));
    }
    Arrays.fill(key, (byte) 0);
    return Optional.empty();
  }

  /** What the key is checked against. */
  public ScramVerifier verifier() {
    return verifier;
  }

  /** The proof for another exchange. */
  byte[] proof(String authMessage) {
    return ScramFunctions.clientProof(key, verifier.clientSignature(authMessage));
  }

  /** Overwrites the keys; it is of no use after that. */
  public void wipe() {
    Arrays.fill(key, (byte) 0);
    verifier.wipe();
  }

  @Override
  public String toString() {
    return "a client's SCRAM key";
  }
}
