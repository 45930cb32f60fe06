package io.trunkline.pgwire;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.StringPreparation;
import com.ongres.scram.common.exception.ScramException;
import com.ongres.scram.common.util.TlsServerEndpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Proves to one server that it knows a role's password, and with SCRAM has the server prove the
 * same: SCRAM-SHA-256 with channel binding where there is TLS; MD5 and clear text where that is
 * allowed. Whoever poses as a member could make much of an answer to these.
 */
public final class PasswordLogin {
  /** What a server may have this process compute: half a second. PostgreSQL's default is 4096. */
  public static final int MAX_ITERATIONS = 1_000_000;

  private static final int MAX_MECHANISMS = 16;

  private final String user;
  private final String password;
  private final Line line;
  private @Nullable ScramClient scram;
  private Step step = Step.BEGIN;

  private enum Step {
    BEGIN,
    /** The password has been sent, or what proves it. */
    PASSWORD_SENT,
    SCRAM_FIRST_SENT,
    SCRAM_COMPUTING,
    SCRAM_FINAL_SENT,
    SERVER_PROVEN,
    ACCEPTED
  }

  /** The connection. */
  public interface Line {
    ByteBufAllocator allocator();

    /** The server's certificate; empty without TLS. */
    Optional<X509Certificate> certificate();

    void send(ByteBuf message);

    /** Whether that may be answered; refuses otherwise. */
    boolean allows(Method method);

    /** Computes elsewhere, so that the event loop is not held up; then goes on there. */
    void compute(Runnable work, Runnable then);

    /** It cannot go on like this, and trying again does not help. */
    void refuse(String reason);
  }

  /** What a server may ask for. */
  public enum Method {
    /** Nothing: it lets the role in without a question ({@code trust}, {@code cert}). */
    NONE,
    /** The password itself, in clear text. */
    PASSWORD,
    MD5,
    SCRAM_SHA_256
  }

  /**
   * @param user the role of the startup packet
   */
  public PasswordLogin(String user, String password, Line line) {
    this.user = user;
    this.password = password;
    this.line = line;
  }

  /** Whether the server has let the role in. */
  public boolean accepted() {
    return step == Step.ACCEPTED;
  }

  /**
   * An Authentication message.
   *
   * @throws ProtocolError if it is out of turn, or the server does not prove anything
   */
  public void on(ByteBuf body) throws ProtocolError {
    int code = body.readInt();
    switch (code) {
      case 0 -> ok();
      case 3 -> {
        if (line.allows(Method.PASSWORD)) {
          clearText();
        }
      }
      case 5 -> {
        if (line.allows(Method.MD5)) {
          md5(body);
        }
      }
      case 10 -> {
        if (line.allows(Method.SCRAM_SHA_256)) {
          sasl(body);
        }
      }
      case 11 -> scramContinue(body.toString(StandardCharsets.UTF_8));
      case 12 -> scramFinal(body.toString(StandardCharsets.UTF_8));
      case 7, 8, 9 -> line.refuse("the server asks for GSSAPI or SSPI, not for a password");
      default -> line.refuse("the server asks for authentication of kind " + code);
    }
  }

  private void ok() throws ProtocolError {
    if (step == Step.BEGIN && !line.allows(Method.NONE)) {
      return;
    }
    step =
        switch (step) {
          case BEGIN, PASSWORD_SENT, SERVER_PROVEN -> Step.ACCEPTED;
          case SCRAM_FIRST_SENT, SCRAM_COMPUTING, SCRAM_FINAL_SENT ->
              throw new ProtocolError("the server has not proved that it knows the password");
          case ACCEPTED -> throw unexpected();
        };
  }

  private void clearText() throws ProtocolError {
    expect(Step.BEGIN);
    step = Step.PASSWORD_SENT;
    line.send(FrontendMessages.password(line.allocator(), password));
  }

  private void md5(ByteBuf body) throws ProtocolError {
    expect(Step.BEGIN);
    byte[] salt = new byte[4];
    body.readBytes(salt);
    step = Step.PASSWORD_SENT;
    String inner = md5(utf8(password + user));
    byte[] salted = new byte[inner.length() + salt.length];
    System.arraycopy(utf8(inner), 0, salted, 0, inner.length());
    System.arraycopy(salt, 0, salted, inner.length(), salt.length);
    line.send(FrontendMessages.password(line.allocator(), "md5" + md5(salted)));
  }

  private void sasl(ByteBuf body) throws ProtocolError {
    expect(Step.BEGIN);
    List<String> offered = new ArrayList<>();
    for (String name = ServerError.text(body); !name.isEmpty(); name = ServerError.text(body)) {
      offered.add(name);
      if (offered.size() > MAX_MECHANISMS) {
        throw new ProtocolError("more than " + MAX_MECHANISMS + " SASL mechanisms");
      }
    }
    if (!offered.contains("SCRAM-SHA-256")) {
      line.refuse(
          "the server asks for "
              + ServerError.line(String.join(", ", offered))
              + ", not SCRAM-SHA-256");
      return;
    }
    ScramClient client =
        ScramClient.builder()
            .advertisedMechanisms(offered)
            .username("*") // PostgreSQL takes that of the startup message
            .password(password.toCharArray())
            .channelBinding(TlsServerEndpoint.TLS_SERVER_END_POINT, channelBinding())
            .stringPreparation(StringPreparation.POSTGRESQL_PREPARATION)
            .build();
    scram = client;
    step = Step.SCRAM_FIRST_SENT;
    line.send(
        FrontendMessages.saslInitial(
            line.allocator(),
            client.getScramMechanism().getName(),
            client.clientFirstMessage().toString()));
  }

  private byte[] channelBinding() {
    Optional<X509Certificate> certificate = line.certificate();
    try {
      return certificate.isPresent()
          ? TlsServerEndpoint.getChannelBindingData(certificate.get())
          : new byte[0];
    } catch (CertificateEncodingException e) {
      return new byte[0];
    }
  }

  private void scramContinue(String message) throws ProtocolError {
    expect(Step.SCRAM_FIRST_SENT);
    ScramClient client = scram();
    int iterations;
    try {
      iterations = client.serverFirstMessage(message).getIterationCount();
    } catch (ScramException | IllegalArgumentException e) {
      throw new ProtocolError("SCRAM: " + e.getMessage());
    }
    if (iterations > MAX_ITERATIONS) {
      throw new ProtocolError("SCRAM: the server asks for " + iterations + " iterations");
    }
    step = Step.SCRAM_COMPUTING;
    StringBuilder last = new StringBuilder();
    line.compute(
        () -> last.append(client.clientFinalMessage()),
        () -> {
          step = Step.SCRAM_FINAL_SENT;
          line.send(FrontendMessages.saslResponse(line.allocator(), last.toString()));
        });
  }

  private void scramFinal(String message) throws ProtocolError {
    expect(Step.SCRAM_FINAL_SENT);
    try {
      var _ = scram().serverFinalMessage(message);
    } catch (ScramException | IllegalArgumentException e) {
      throw new ProtocolError(
          "SCRAM: the server has not proved that it knows the password: " + e.getMessage());
    }
    step = Step.SERVER_PROVEN;
  }

  private ScramClient scram() throws ProtocolError {
    if (scram == null) {
      throw unexpected();
    }
    return scram;
  }

  private void expect(Step wanted) throws ProtocolError {
    if (step != wanted) {
      throw unexpected();
    }
  }

  private static ProtocolError unexpected() {
    return new ProtocolError("an authentication message out of turn");
  }

  private static String md5(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
