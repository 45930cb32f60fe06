package io.trunkline.daemon.warmup;

import io.trunkline.pgwire.scram.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The roles of the scripted members. They mean nothing anywhere else. */
final class Login {
  /** Whom a member lets in without a question. */
  static final String TRUSTED = "trusted";

  /** Who logs in with SCRAM-SHA-256. */
  static final String SCRAM = "scram";

  /** The role that asks a member for the verifier of another. */
  static final String AUTH_USER = "auth_user";

  static final String PASSWORD = "warm-up";
  static final byte[] SALT = "warm-up salt 016".getBytes(StandardCharsets.US_ASCII);

  /** PostgreSQL's default. */
  static final int ITERATIONS = 4096;

  /** What {@code pg_authid.rolpassword} has for {@link #PASSWORD}. */
  static final String ROLPASSWORD =
      "SCRAM-SHA-256$%d:%s$%s:%s"
          .formatted(
              ITERATIONS,
              Base64.getEncoder().encodeToString(SALT),
              "vhxzSRr2uvYBpCo8OBFnr57qANJoaXf0oKM/iP9OGnY=",
              "YPVgNRb6xE6K+4eCbxaXbxMmpRDIxuFSDA9orBd0Bc4=");

  private Login() {}

  static ScramVerifier verifier() {
    return ScramVerifier.parse(ROLPASSWORD.getBytes(StandardCharsets.US_ASCII)).orElseThrow();
  }
}
