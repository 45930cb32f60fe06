package io.trunkline.proxy;

import static io.trunkline.pgwire.Packets.join;
import static io.trunkline.pgwire.Packets.message;
import static io.trunkline.pgwire.Packets.packet;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** A client that logs in with SCRAM-SHA-256 step by step, so that a test can spoil each of them. */
final class ScramSocket implements AutoCloseable {
  static final String FIRST_BARE = "n=,r=rOprNGfwEbeRWgbNEkqO";

  private final Socket socket;
  private final DataInputStream in;
  private String serverFirst = "";

  /**
   * A message of the server's.
   *
   * @param body as text
   */
  record Said(char type, String body) {}

  ScramSocket(Socket socket, String user) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    this.in = new DataInputStream(socket.getInputStream());
    byte[] parameters =
        ("user\0" + user + "\0database\0postgres\0\0").getBytes(StandardCharsets.UTF_8);
    send(packet(196_608, parameters));
  }

  Socket socket() {
    return socket;
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Sends them one by one. */
  void trickle(byte[] bytes) throws IOException {
    for (byte b : bytes) {
      socket.getOutputStream().write(b);
    }
  }

  Said read() throws IOException {
    char type = (char) in.readUnsignedByte();
    byte[] body = in.readNBytes(in.readInt() - Integer.BYTES);
    return new Said(type, new String(body, StandardCharsets.ISO_8859_1));
  }

  /** Reads up to the first message of that type. */
  Said read(char type) throws IOException {
    while (true) {
      Said said = read();
      if (said.type == type) {
        return said;
      }
      if (said.type == 'E') {
        throw new IOException(said.body);
      }
    }
  }

  /** SASLInitialResponse. */
  byte[] first() {
    byte[] first = ("n,," + FIRST_BARE).getBytes(StandardCharsets.ISO_8859_1);
    return message(
        'p',
        join(
            "SCRAM-SHA-256\0".getBytes(StandardCharsets.ISO_8859_1),
            ByteBuffer.allocate(Integer.BYTES).putInt(first.length).array(),
            first));
  }

  /** Reads AuthenticationSASLContinue; what it says. */
  String readFirst() throws IOException {
    serverFirst = read('R').body.substring(Integer.BYTES);
    return serverFirst;
  }

  /** The nonce of both. */
  String nonce() {
    return serverFirst.substring(2, serverFirst.indexOf(",s="));
  }

  private String withoutProof() {
    return "c=biws,r=" + nonce();
  }

  private String authMessage() {
    return FIRST_BARE + "," + serverFirst + "," + withoutProof();
  }

  /** SASLResponse with the proof of that password. */
  byte[] last(String password) throws GeneralSecurityException {
    String[] parts = serverFirst.split(",", -1);
    byte[] salted =
        salted(
            password,
            Base64.getDecoder().decode(parts[1].substring(2)),
            Integer.parseInt(parts[2].substring(2)));
    byte[] clientKey = hmac(salted, "Client Key");
    byte[] signature = hmac(sha256(clientKey), authMessage());
    byte[] proof = new byte[clientKey.length];
    for (int i = 0; i < proof.length; i++) {
      proof[i] = (byte) (clientKey[i] ^ signature[i]);
    }
    return message('p', withoutProof() + ",p=" + Base64.getEncoder().encodeToString(proof));
  }

  static byte[] salted(String password, byte[] salt, int iterations)
      throws GeneralSecurityException {
    return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
        .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256))
        .getEncoded();
  }

  static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  /** Logs in; fails where it is not let in. */
  void logIn(String password) throws IOException, GeneralSecurityException {
    read('R');
    send(first());
    readFirst();
    send(last(password));
    read('Z');
  }

  /** What a simple query answers, up to ReadyForQuery or the end. */
  String query(String text) throws IOException {
    send(message('Q', text + "\0"));
    return answer();
  }

  String answer() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      Said said = read();
      all.writeBytes((said.type + said.body + "\n").getBytes(StandardCharsets.ISO_8859_1));
      if (said.type == 'Z') {
        return all.toString(StandardCharsets.ISO_8859_1);
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
