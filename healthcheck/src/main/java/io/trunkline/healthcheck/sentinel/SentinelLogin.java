package io.trunkline.healthcheck.sentinel;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.StringPreparation;
import com.ongres.scram.common.exception.ScramException;
import com.ongres.scram.common.util.TlsServerEndpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.trunkline.config.SentinelConfig;
import io.trunkline.config.SentinelConfig.Auth;
import io.trunkline.healthcheck.common.JunkException;
import io.trunkline.pgwire.FrontendMessages;
import io.trunkline.routing.Failures;
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
 * Proves to one server who the sentinel is, and with SCRAM has the server prove the same:
 * SCRAM-SHA-256 with channel binding where there is TLS; MD5, and clear text under TLS, where the
 * configuration allows that. Whoever poses as a member could make much of an answer to these.
 */
final class SentinelLogin {
  /** What a server may have this process compute: half a second. PostgreSQL's default is 4096. */
  static final int MAX_ITERATIONS = 1_000_000;

  private static final int MAX_MECHANISMS = 16;

  private final SentinelConfig config;
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
  interface Line {
    ByteBufAllocator allocator();

    /** The server's certificate; empty without TLS. */
    Optional<X509Certificate> certificate();

    void send(ByteBuf message);

    /** Computes elsewhere, so that the event loop is not held up; then goes on there. */
    void compute(Runnable work, Runnable then);

    /** It cannot go on like this, and trying again does not help. */
    void refuse(String reason);
  }

  SentinelLogin(SentinelConfig config, Line line) {
    this.config = config;
    this.line = line;
  }

  boolean accepted() {
    return step == Step.ACCEPTED;
  }

  /** An Authentication message. */
  void on(ByteBuf body) throws JunkException {
    int code = body.readInt();
    switch (code) {
      case 0 -> ok();
      case 3 -> {
        if (may(Auth.PASSWORD)) {
          clearText();
        }
      }
      case 5 -> {
        if (may(Auth.MD5)) {
          md5(body);
        }
      }
      case 10 -> {
        if (may(Auth.SCRAM_SHA_256)) {
          sasl(body);
        }
      }
      case 11 -> scramContinue(body.toString(StandardCharsets.UTF_8));
      case 12 -> scramFinal(body.toString(StandardCharsets.UTF_8));
      case 7, 8, 9 -> line.refuse("the server asks for GSSAPI or SSPI, not for a password");
      default -> line.refuse("the server asks for authentication of kind " + code);
    }
  }

  private boolean may(Auth method) {
    boolean may = config.answers(method);
    if (!may) {
      line.refuse(
          switch (method) {
                case NONE -> "the server asks for no password";
                case PASSWORD -> "the server asks for the password in clear text";
                case MD5 -> "the server asks for the password by MD5";
                case SCRAM_SHA_256 -> "the server asks for SCRAM-SHA-256";
              }
              + ", which require_auth of the sentinel does not allow"
              + (config.requireAuth().isEmpty() ? " without tls: verify_ca or verify_full" : ""));
    }
    return may;
  }

  private void ok() throws JunkException {
    if (step == Step.BEGIN && !may(Auth.NONE)) {
      return;
    }
    step =
        switch (step) {
          case BEGIN, PASSWORD_SENT, SERVER_PROVEN -> Step.ACCEPTED;
          case SCRAM_FIRST_SENT, SCRAM_COMPUTING, SCRAM_FINAL_SENT ->
              throw new JunkException("the server has not proved that it knows the password");
          case ACCEPTED -> throw unexpected();
        };
  }

  private void clearText() throws JunkException {
    expect(Step.BEGIN);
    if (!config.tls().mode().required() || line.certificate().isEmpty()) {
      line.refuse(
          "the server asks for the password in clear text; it gets that only with tls: require or"
              + " better");
      return;
    }
    step = Step.PASSWORD_SENT;
    line.send(FrontendMessages.password(line.allocator(), config.password().reveal()));
  }

  private void md5(ByteBuf body) throws JunkException {
    expect(Step.BEGIN);
    byte[] salt = new byte[4];
    body.readBytes(salt);
    step = Step.PASSWORD_SENT;
    String inner = md5(utf8(config.password().reveal() + config.user()));
    byte[] salted = new byte[inner.length() + salt.length];
    System.arraycopy(utf8(inner), 0, salted, 0, inner.length());
    System.arraycopy(salt, 0, salted, inner.length(), salt.length);
    line.send(FrontendMessages.password(line.allocator(), "md5" + md5(salted)));
  }

  private void sasl(ByteBuf body) throws JunkException {
    expect(Step.BEGIN);
    List<String> offered = new ArrayList<>();
    for (String name = ServerError.text(body); !name.isEmpty(); name = ServerError.text(body)) {
      offered.add(name);
      if (offered.size() > MAX_MECHANISMS) {
        throw new JunkException("more than " + MAX_MECHANISMS + " SASL mechanisms");
      }
    }
    if (!offered.contains("SCRAM-SHA-256")) {
      line.refuse("the server asks for " + String.join(", ", offered) + ", not SCRAM-SHA-256");
      return;
    }
    ScramClient client =
        ScramClient.builder()
            .advertisedMechanisms(offered)
            .username("*") // PostgreSQL takes that of the startup message
            .password(config.password().reveal().toCharArray())
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

  private void scramContinue(String message) throws JunkException {
    expect(Step.SCRAM_FIRST_SENT);
    ScramClient client = scram();
    int iterations;
    try {
      iterations = client.serverFirstMessage(message).getIterationCount();
    } catch (ScramException | IllegalArgumentException e) {
      throw new JunkException("SCRAM: " + Failures.describe(e));
    }
    if (iterations > MAX_ITERATIONS) {
      throw new JunkException("SCRAM: the server asks for " + iterations + " iterations");
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

  private void scramFinal(String message) throws JunkException {
    expect(Step.SCRAM_FINAL_SENT);
    try {
      var _ = scram().serverFinalMessage(message);
    } catch (ScramException | IllegalArgumentException e) {
      throw new JunkException(
          "SCRAM: the server has not proved that it knows the password: " + Failures.describe(e));
    }
    step = Step.SERVER_PROVEN;
  }

  private ScramClient scram() throws JunkException {
    if (scram == null) {
      throw unexpected();
    }
    return scram;
  }

  private void expect(Step wanted) throws JunkException {
    if (step != wanted) {
      throw unexpected();
    }
  }

  private static JunkException unexpected() {
    return new JunkException("an authentication message out of turn");
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
