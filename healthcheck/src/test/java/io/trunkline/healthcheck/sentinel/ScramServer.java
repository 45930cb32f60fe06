package io.trunkline.healthcheck.sentinel;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** The server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), for one exchange. */
final class ScramServer {
  private static final byte[] SALT = "pepper and salt".getBytes(StandardCharsets.UTF_8);
  private final String password;
  private final int iterations;
  private String clientFirstBare = "";
  private String serverFirst = "";

  ScramServer(String password, int iterations) {
    this.password = password;
    this.iterations = iterations;
  }

  String first(String clientFirst) {
    clientFirstBare = clientFirst.substring(clientFirst.indexOf("n="));
    String nonce = clientFirst.substring(clientFirst.indexOf(",r=") + 3) + "server";
    serverFirst = "r=" + nonce + ",s=" + base64(SALT) + ",i=" + iterations;
    return serverFirst;
  }

  /** The proof that the server knows the password, if the client has proved that it does. */
  String last(String clientFinal) throws GeneralSecurityException {
    int proofAt = clientFinal.indexOf(",p=");
    String authMessage =
        clientFirstBare + "," + serverFirst + "," + clientFinal.substring(0, proofAt);
    byte[] salted = salted();
    byte[] clientKey = hmac(salted, "Client Key");
    byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
    byte[] proof = Base64.getDecoder().decode(clientFinal.substring(proofAt + 3));
    byte[] signature = hmac(storedKey, authMessage);
    for (int i = 0; i < proof.length; i++) {
      proof[i] ^= signature[i];
    }
    if (!MessageDigest.isEqual(proof, clientKey)) {
      throw new GeneralSecurityException("the client does not know the password");
    }
    return "v=" + base64(hmac(hmac(salted, "Server Key"), authMessage));
  }

  private byte[] salted() throws GeneralSecurityException {
    return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
        .generateSecret(new PBEKeySpec(password.toCharArray(), SALT, iterations, 256))
        .getEncoded();
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
