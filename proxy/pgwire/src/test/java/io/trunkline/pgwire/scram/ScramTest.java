package io.trunkline.pgwire.scram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.StringPreparation;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScramTest {
  /** RFC 7677, section 3: user "user", password "pencil". */
  private static final String RFC_SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";

  private static final String RFC_FIRST_BARE = "n=user,r=rOprNGfwEbeRWgbNEkqO";
  private static final String RFC_SERVER_FIRST =
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=" + RFC_SALT + ",i=4096";
  private static final String RFC_WITHOUT_PROOF =
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  private static final String RFC_PROOF = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
  private static final String RFC_SIGNATURE = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

  private static final String NONCE = "fyko+d2lbbFgONRv9qkxdawL";

  @Test
  void theVectorsOfRfc7677() {
    ScramVerifier verifier = verifier("pencil", Base64.getDecoder().decode(RFC_SALT), 4096);
    String authMessage = RFC_FIRST_BARE + "," + RFC_SERVER_FIRST + "," + RFC_WITHOUT_PROOF;

    ClientKey key =
        ClientKey.of(Base64.getDecoder().decode(RFC_PROOF), authMessage, verifier).orElseThrow();

    assertThat(key.proof(authMessage)).isEqualTo(Base64.getDecoder().decode(RFC_PROOF));
    assertThat(verifier.serverSignature(authMessage))
        .isEqualTo(Base64.getDecoder().decode(RFC_SIGNATURE));
  }

  @Test
  void aClientsProofLogsInAtTheMember() throws Exception {
    ScramVerifier verifier = verifier("sëcret", new byte[] {1, 2, 3}, 4096);
    ScramLogin member = ScramLogin.choose(List.of("SCRAM-SHA-256"), false, Optional.empty()).get();
    Server postgres = new Server(verifier);
    member.serverFirst(ascii(postgres.first(member.clientFirst())));
    ScramServer server = new ScramServer(Optional.empty());
    ScramClient client = client("sëcret");

    server.clientFirst("SCRAM-SHA-256", ascii(client.clientFirstMessage().toString()));
    var _ = client.serverFirstMessage(server.serverFirst(member.salt(), member.iterations()));
    Optional<ClientKey> key =
        server.clientFinal(ascii(client.clientFinalMessage().toString()), Optional.of(verifier));

    assertThat(key).isPresent();
    String last = postgres.last(member.clientFinal(key.get()));
    member.serverFinal(ascii(last), verifier);
    var _ = client.serverFinalMessage(server.serverFinal(verifier)); // throws where it is wrong
  }

  @Test
  void anotherPasswordProvesNothing() throws Exception {
    ScramVerifier verifier = verifier("right", new byte[] {1, 2, 3}, 4096);
    ScramServer server = new ScramServer(Optional.empty());
    ScramClient client = client("wrong");
    server.clientFirst("SCRAM-SHA-256", ascii(client.clientFirstMessage().toString()));
    var _ = client.serverFirstMessage(server.serverFirst(new byte[] {1, 2, 3}, 4096));
    byte[] last = ascii(client.clientFinalMessage().toString());

    assertThat(server.clientFinal(last, Optional.of(verifier))).isEmpty();
    assertThat(server.clientFinal(last, Optional.empty())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "md5abcdef",
        "SCRAM-SHA-256$",
        "SCRAM-SHA-256$4096",
        "SCRAM-SHA-256$4096:c2FsdA==",
        "SCRAM-SHA-256$4096:c2FsdA==$c2hvcnQ=:c2hvcnQ=",
        "SCRAM-SHA-256$0:c2FsdA==$"
            + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "SCRAM-SHA-256$x:c2FsdA==$"
            + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "SCRAM-SHA-256$4096:$"
            + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "SCRAM-SHA-256$4096:*$*:*",
        "SCRAM-SHA-256$$$:::",
      })
  void whatIsNoVerifierIsNone(String rolpassword) {
    assertThat(ScramVerifier.parse(ascii(rolpassword))).isEmpty();
  }

  @Test
  void noTextHoldsAKey() {
    byte[] salt = {1, 2, 3};
    ScramVerifier verifier = verifier("secret", salt, 4096);

    assertThat(verifier).hasToString("SCRAM-SHA-256 verifier with 4096 iterations");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SCRAM-SHA-256 | x,,n=,r=abc | MALFORMED | unexpected channel-binding flag",
        "SCRAM-SHA-256 | p=tls-server-end-point,,n=,r=abc | MALFORMED | without channel binding",
        "SCRAM-SHA-256-PLUS | n,,n=,r=abc | MALFORMED | invalid SASL authentication mechanism",
        "SCRAM-SHA-1 | n,,n=,r=abc | MALFORMED | invalid SASL authentication mechanism",
        "SCRAM-SHA-256 | n,a=joe,n=,r=abc | UNSUPPORTED | authorization identity",
        "SCRAM-SHA-256 | n,,m=x,n=,r=abc | UNSUPPORTED | unsupported SCRAM extension",
        "SCRAM-SHA-256 | n,,n= | MALFORMED | ends too early",
        "SCRAM-SHA-256 | n,,n=,r= | MALFORMED | a nonce of 0 characters",
        "SCRAM-SHA-256 | n | MALFORMED | ends too early",
        "SCRAM-SHA-256 | nn,n=,r=abc | MALFORMED | expected character",
      })
  void whatPostgresRefusesIsRefused(
      String mechanism, String first, ScramError.Kind kind, String message) {
    ScramServer server = new ScramServer(Optional.empty());

    assertThatThrownBy(() -> server.clientFirst(mechanism, ascii(first)))
        .isInstanceOfSatisfying(ScramError.class, error -> assertThat(error.kind()).isEqualTo(kind))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "c=eSws,r=%s,p=AAAA | CHANNEL_BINDING | unexpected SCRAM channel-binding attribute",
        "c=biws,r=abc,p=AAAA | MALFORMED | nonce does not match",
        "c=biws,r=%s | MALFORMED | ends too early",
        "c=biws,r=%s,p=AAAA | MALFORMED | the value of p has 3 bytes",
        "c=biws,r=%s,p=*** | MALFORMED | the value of p is not base64",
        "c=***,r=%s,p=AAAA | MALFORMED | the value of c is not base64",
        "x | MALFORMED | expected character",
      })
  void aProofThatIsNoneIsRefused(String last, ScramError.Kind kind, String message)
      throws Exception {
    ScramServer server = new ScramServer(Optional.empty());
    server.clientFirst("SCRAM-SHA-256", ascii("n,,n=,r=" + NONCE));
    String first = server.serverFirst(new byte[] {1}, 4096);
    String nonce = first.substring(2, first.indexOf(",s="));

    assertThatThrownBy(() -> server.clientFinal(ascii(last.formatted(nonce)), Optional.empty()))
        .isInstanceOfSatisfying(ScramError.class, error -> assertThat(error.kind()).isEqualTo(kind))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "r=%sx,s=,i=4096",
        "r=%s,s=AAAA,i=4096",
        "r=other,s=AAAA,i=4096",
        "r=%sx,s=AAAA,i=10000000",
        "r=%sx,s=AAAA,i=0",
        "r=%sx,s=AAAA,i=-1",
        "r=%sx,s=AAAA,i=99999999999999999999",
        "r=%sx,s=AAAA,i=4096,x=y",
        "r=%sx,i=4096,s=AAAA",
        "m=x,r=%sx,s=AAAA,i=4096",
        "e=other-error",
        "",
      })
  void aMemberThatAsksForNonsenseIsNotAnswered(String first) {
    ScramLogin login = ScramLogin.choose(List.of("SCRAM-SHA-256"), false, Optional.empty()).get();
    String nonce = login.clientFirst().substring("n,,n=,r=".length());

    assertThatThrownBy(() -> login.serverFirst(ascii(first.formatted(nonce))))
        .isInstanceOf(ScramError.class);
  }

  @Test
  void aNonceWithoutEndIsNotTaken() {
    ScramLogin login = ScramLogin.choose(List.of("SCRAM-SHA-256"), false, Optional.empty()).get();
    String nonce = login.clientFirst().substring("n,,n=,r=".length()) + "x".repeat(64 * 1024);

    assertThatThrownBy(() -> login.serverFirst(ascii("r=" + nonce + ",s=AAAA,i=4096")))
        .isInstanceOf(ScramError.class)
        .hasMessageContaining("a nonce of");
  }

  @Test
  void nobodyElsesVerifierGetsAProof() throws Exception {
    ScramVerifier verifier = verifier("secret", new byte[] {1, 2, 3}, 4096);
    ScramLogin login = ScramLogin.choose(List.of("SCRAM-SHA-256"), false, Optional.empty()).get();
    String nonce = login.clientFirst().substring("n,,n=,r=".length());

    login.serverFirst(ascii("r=" + nonce + "x,s=AAAA,i=4096"));

    assertThat(login.isFor(verifier)).isFalse();
  }

  private static ScramClient client(String password) {
    return ScramClient.builder()
        .advertisedMechanisms(List.of("SCRAM-SHA-256"))
        .username("*")
        .password(password.toCharArray())
        .stringPreparation(StringPreparation.POSTGRESQL_PREPARATION)
        .build();
  }

  static ScramVerifier verifier(String password, byte[] salt, int iterations) {
    byte[] salted =
        ScramFunctions.saltedPassword(
            ScramVerifier.HASH,
            StringPreparation.POSTGRESQL_PREPARATION,
            password.toCharArray(),
            salt,
            iterations);
    byte[] stored =
        ScramFunctions.storedKey(
            ScramVerifier.HASH, ScramFunctions.clientKey(ScramVerifier.HASH, salted));
    byte[] server = ScramFunctions.serverKey(ScramVerifier.HASH, salted);
    Base64.Encoder base64 = Base64.getEncoder();
    String text =
        "SCRAM-SHA-256$%d:%s$%s:%s"
            .formatted(
                iterations,
                base64.encodeToString(salt),
                base64.encodeToString(stored),
                base64.encodeToString(server));
    return ScramVerifier.parse(ascii(text)).orElseThrow();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** PostgreSQL, as far as one exchange needs it. */
  private static final class Server {
    private final ScramVerifier verifier;
    private final ScramServer scram = new ScramServer(Optional.empty());

    Server(ScramVerifier verifier) {
      this.verifier = verifier;
    }

    String first(String clientFirst) throws ScramError {
      scram.clientFirst("SCRAM-SHA-256", ascii(clientFirst));
      return scram.serverFirst(new byte[] {1, 2, 3}, 4096);
    }

    String last(String clientFinal) throws ScramError {
      assertThat(scram.clientFinal(ascii(clientFinal), Optional.of(verifier))).isPresent();
      return scram.serverFinal(verifier);
    }
  }
}
