package io.trunkline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kind of file that is given for a certificate, a key or authorities: {@code check} and
 * {@code run} take it, and then TLS works with it, or refuse it with the same sentence, whoever
 * uses it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TlsFilesMatrix {
  @TempDir private static Path made;
  @TempDir private static Path live;

  /** One who uses TLS files. */
  protected interface User {
    /** A whole configuration of that one with these keys, those of another section's names. */
    String configuration(String keys);

    /**
     * @throws IOException with what it says of the files, and nothing else
     */
    Running run(TrunklineConfig config) throws IOException;
  }

  /** One who has taken the files into use. */
  protected interface Running extends AutoCloseable {
    /** For a connection with localhost. */
    SSLEngine engine();

    @Override
    void close();
  }

  /** By what the test is called. */
  protected abstract Map<String, User> users();

  /**
   * Files as they may lie about.
   *
   * @param key empty: it is left out
   * @param refused what is said of them, with {@code CERT}, {@code KEY} and {@code CA} for the
   *     paths; empty: nothing
   */
  protected record Kind(String name, String cert, String key, String ca, String refused) {
    static Kind good(String name, String cert, String key) {
      return new Kind(name, cert, key, "ca.crt", "");
    }

    static Kind bad(String name, String cert, String key, String refused) {
      return new Kind(name, cert, key, "ca.crt", refused);
    }

    static Kind authorities(String name, String ca, String refused) {
      return new Kind(name, "ec.crt", "ec.key", ca, refused);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final String PASSPHRASE =
      "KEY is encrypted with a passphrase; decrypt it with openssl pkey";
  private static final String ANOTHERS =
      "KEY does not belong to the certificate; use the key it was issued for";
  private static final String NO_PEM = " is not a PEM file (-----BEGIN …-----)";
  private static final String DIRECTORY = " is a directory; name a PEM file";
  private static final String NO_CERTIFICATE =
      " holds no certificate (-----BEGIN CERTIFICATE-----)";

  private static final List<Kind> KINDS =
      List.of(
          Kind.good("RSA in PKCS#8", "rsa.crt", "rsa.key"),
          Kind.good("RSA in PKCS#1", "rsa.crt", "rsa-pkcs1.key"),
          Kind.good("EC in PKCS#8", "ec.crt", "ec.key"),
          Kind.good("EC in SEC1", "ec.crt", "ec-sec1.key"),
          Kind.good("EC PARAMETERS before the key", "ec.crt", "ec-parameters.key"),
          Kind.good("P-384", "p384.crt", "p384.key"),
          Kind.good("P-521", "p521.crt", "p521.key"),
          Kind.good("Ed25519", "ed25519.crt", "ed25519.key"),
          Kind.good("certificate and key in one file", "cert-key.pem", ""),
          Kind.good("key and certificate in one file", "key-cert.pem", ""),
          Kind.good("one file, named twice", "cert-key.pem", "cert-key.pem"),
          Kind.good("RSA in PKCS#1 behind its certificate", "rsa-pkcs1.pem", ""),
          Kind.good("with its intermediate", "chain.crt", "leaf.key"),
          Kind.good("CRLF", "crlf.crt", "crlf.key"),
          Kind.good("text before the blocks", "text.crt", "text.key"),
          Kind.good("TRUSTED CERTIFICATE", "trusted.crt", "ec.key"),
          Kind.bad("encrypted PKCS#8", "ec.crt", "encrypted.key", PASSPHRASE),
          Kind.bad("encrypted PKCS#1", "rsa.crt", "encrypted-pkcs1.key", PASSPHRASE),
          Kind.bad(
              "encrypted, in one file", "encrypted.pem", "", PASSPHRASE.replace("KEY", "CERT")),
          Kind.bad("another's key", "ec.crt", "rsa.key", ANOTHERS),
          Kind.bad("another's key of the same kind", "ec.crt", "leaf.key", ANOTHERS),
          Kind.bad(
              "another's key in one file", "anothers.pem", "", ANOTHERS.replace("KEY", "CERT")),
          Kind.bad("a directory as certificate", "directory", "ec.key", "CERT" + DIRECTORY),
          Kind.bad("a directory as key", "ec.crt", "directory", "KEY" + DIRECTORY),
          Kind.bad("an empty certificate", "empty", "ec.key", "CERT is empty"),
          Kind.bad("an empty key", "ec.crt", "empty", "KEY is empty"),
          Kind.bad("a certificate in DER", "der.crt", "ec.key", "CERT" + NO_PEM),
          Kind.bad("a key in DER", "ec.crt", "der.key", "KEY" + NO_PEM),
          Kind.bad("a key as certificate", "ec.key", "ec.key", "CERT" + NO_CERTIFICATE),
          Kind.bad(
              "a certificate as key",
              "ec.crt",
              "ec.crt",
              "KEY holds no private key (-----BEGIN PRIVATE KEY-----)"),
          Kind.bad(
              "a certificate alone",
              "ec.crt",
              "",
              "CERT holds no private key besides the certificate; write key: PATH"),
          Kind.bad("no certificate", "none", "ec.key", "CERT does not exist"),
          Kind.bad("no key", "ec.crt", "none", "KEY does not exist"),
          Kind.bad(
              "an unreadable certificate",
              "loop",
              "ec.key",
              "CERT cannot be read: Too many levels of symbolic links or unable to access"
                  + " attributes of symbolic link"),
          Kind.bad(
              "an unreadable key",
              "ec.crt",
              "loop",
              "KEY cannot be read: Too many levels of symbolic links or unable to access attributes"
                  + " of symbolic link"),
          Kind.bad(
              "half a certificate",
              "half.crt",
              "ec.key",
              "CERT is cut off: a CERTIFICATE block has no end"),
          Kind.bad(
              "a key for RSA-PSS only",
              "pss.crt",
              "pss.key",
              "KEY holds a private key that is damaged, or not RSA, EC with a named curve, or"
                  + " Ed25519"),
          Kind.bad(
              "expired", "expired.crt", "ec.key", "CERT expired on 2021-02-01 12:34 UTC; renew it"),
          Kind.bad(
              "of the future",
              "future.crt",
              "ec.key",
              "CERT is not valid before 2100-01-01 00:00 UTC; check the clock"),
          Kind.authorities("two authorities", "two-ca.crt", ""),
          Kind.authorities("authorities with CRLF", "crlf-ca.crt", ""),
          Kind.authorities("text before the authorities", "text-ca.crt", ""),
          Kind.authorities("an authority and a key", "ca-key.pem", ""),
          Kind.authorities("authorities in DER", "der-ca.crt", "CA" + NO_PEM),
          Kind.authorities("an empty file as authorities", "empty", "CA is empty"),
          Kind.authorities("a directory as authorities", "directory", "CA" + DIRECTORY),
          Kind.authorities("a key as authorities", "ec.key", "CA" + NO_CERTIFICATE),
          Kind.authorities("no authorities", "none", "CA does not exist"),
          Kind.authorities(
              "expired authorities",
              "expired-ca.crt",
              "CA expired on 2021-02-01 12:34 UTC; renew it"));

  @BeforeAll
  static void make() throws IOException {
    for (String key : List.of("ca", "ec", "leaf", "intermediate", "peer")) {
      openssl("ecparam -genkey -noout -name prime256v1 -out %s-sec1.key".formatted(key));
      openssl("pkcs8 -topk8 -nocrypt -in %1$s-sec1.key -out %1$s.key".formatted(key));
    }
    openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key");
    openssl("genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out pss.key");
    openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out p384.key");
    openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out p521.key");
    openssl("genpkey -algorithm ed25519 -out ed25519.key");
    for (String key :
        List.of("ca", "ec", "rsa", "pss", "p384", "p521", "ed25519", "intermediate")) {
      openssl("req -x509 -new -key %1$s.key -out %1$s.crt -days 2 -subj /CN=%1$s".formatted(key));
    }
    issue("leaf", "intermediate");
    issue("peer", "ca");
    openssl("rsa -traditional -in rsa.key -out rsa-pkcs1.key");
    openssl("ecparam -name prime256v1 -out parameters");
    openssl("pkey -in ec.key -aes256 -passout pass:x -out encrypted.key");
    openssl("rsa -traditional -in rsa.key -aes256 -passout pass:x -out encrypted-pkcs1.key");
    openssl("x509 -text -in ec.crt -out text.crt");
    openssl("x509 -text -in ca.crt -out text-ca.crt");
    openssl("x509 -trustout -in ec.crt -out trusted.crt");
    openssl("x509 -outform DER -in ec.crt -out der.crt");
    openssl("x509 -outform DER -in ca.crt -out der-ca.crt");
    openssl("pkey -outform DER -in ec.key -out der.key");
    join("ec-parameters.key", "parameters", "ec-sec1.key");
    join("cert-key.pem", "ec.crt", "ec.key");
    join("key-cert.pem", "ec.key", "ec.crt");
    join("rsa-pkcs1.pem", "rsa.crt", "rsa-pkcs1.key");
    join("chain.crt", "leaf.crt", "intermediate.crt");
    join("encrypted.pem", "ec.crt", "encrypted.key");
    join("anothers.pem", "ec.crt", "leaf.key");
    join("two-ca.crt", "rsa.crt", "ca.crt");
    join("ca-key.pem", "ca.crt", "ca.key");
    write("crlf.crt", read("ec.crt").replace("\n", "\r\n"));
    write("crlf.key", read("ec.key").replace("\n", "\r\n"));
    write("crlf-ca.crt", read("ca.crt").replace("\n", "\r\n"));
    write("text.key", "Bag Attributes\n    friendlyName: node\n" + read("ec.key"));
    write("half.crt", read("ec.crt").substring(0, 200));
    write("empty", "");
    Files.createDirectory(made.resolve("directory"));
    Files.createSymbolicLink(made.resolve("loop"), Path.of("loop"));
    for (String name : List.of("expired.crt", "future.crt", "expired-ca.crt")) {
      try (InputStream in = TlsFilesMatrix.class.getResourceAsStream("pem/" + name)) {
        Files.copy(in, made.resolve(name));
      }
    }
  }

  private static void issue(String name, String authority) throws IOException {
    write(name + ".ext", "subjectAltName=DNS:localhost\n");
    openssl("req -new -key %1$s.key -out %1$s.csr -subj /CN=%1$s".formatted(name));
    openssl(
        "x509 -req -in %1$s.csr -CA %2$s.crt -CAkey %2$s.key -CAcreateserial -days 2 -extfile %1$s.ext -out %1$s.crt"
            .formatted(name, authority));
  }

  private static void openssl(String arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments.split(" ", -1)));
    Process process =
        new ProcessBuilder(command).directory(made.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.onExit().join().exitValue()).as(arguments + ": " + output).isZero();
  }

  private static String read(String name) throws IOException {
    return Files.readString(made.resolve(name));
  }

  private static void write(String name, String text) throws IOException {
    Files.writeString(made.resolve(name), text);
  }

  private static void join(String name, String... parts) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String part : parts) {
      text.append(read(part));
    }
    write(name, text.toString());
  }

  private Stream<Arguments> matrix() {
    return users().keySet().stream()
        .flatMap(user -> KINDS.stream().map(kind -> Arguments.of(user, kind)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("matrix")
  void checkAndRunSayTheSame(String name, Kind kind) throws Exception {
    User user = users().get(name);
    String keys = "cacert: %s, cert: %s".formatted(path("CA"), path("CERT"));
    String yaml = user.configuration(kind.key.isEmpty() ? keys : keys + ", key: " + path("KEY"));
    put("ca.crt", "CA");
    put("cert-key.pem", "CERT");
    put("ec.key", "KEY");
    TrunklineConfig config = ((ConfigResult.Valid) load(yaml)).config();

    put(kind.ca, "CA");
    put(kind.cert, "CERT");
    put(kind.key.isEmpty() ? "none" : kind.key, "KEY");
    List<String> refused =
        Stream.of(kind.refused)
            .filter(text -> !text.isEmpty())
            .map(text -> text.replaceFirst("^(CA|CERT|KEY)", live + "/$1"))
            .toList();

    assertThat(checked(yaml)).as("check").isEqualTo(refused);
    assertThat(ran(user, config, kind)).as("run").isEqualTo(refused);
  }

  private static Path path(String name) {
    return live.resolve(name);
  }

  private static void put(String from, String to) throws IOException {
    Files.deleteIfExists(path(to));
    if (Files.isSymbolicLink(made.resolve(from))) {
      Files.createSymbolicLink(path(to), Path.of(to));
    } else if (Files.exists(made.resolve(from), LinkOption.NOFOLLOW_LINKS)) {
      Files.copy(made.resolve(from), path(to));
    }
  }

  private static ConfigResult load(String yaml) {
    return new ConfigLoader(Map.of(), Set.of()).load(Path.of("trunkline.yaml"), yaml);
  }

  private static List<String> checked(String yaml) {
    return switch (load(yaml)) {
      case ConfigResult.Valid _ -> List.of();
      case ConfigResult.Invalid(List<Problem> problems) ->
          problems.stream().map(Problem::message).toList();
    };
  }

  private static List<String> ran(User user, TrunklineConfig config, Kind kind) throws Exception {
    try (Running running = user.run(config)) {
      Certificate[] shown = handshake(running.engine());
      assertThat(shown).hasSize(kind.cert.equals("chain.crt") ? 2 : 1);
      return List.of();
    } catch (IOException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  /** What the peer is shown; it is the JDK's own, whose certificate an authority has signed. */
  private static Certificate[] handshake(SSLEngine engine) throws Exception {
    SSLEngine peer = peer().createSSLEngine("localhost", 1);
    peer.setUseClientMode(!engine.getUseClientMode());
    if (engine.getUseClientMode()) {
      peer.setNeedClientAuth(true);
    }
    ByteBuffer sent = ByteBuffer.allocate(1 << 16);
    ByteBuffer received = ByteBuffer.allocate(1 << 16);
    engine.beginHandshake();
    peer.beginHandshake();
    for (int i = 0; i < 50 && !(done(engine) && done(peer)); i++) {
      step(engine, received, sent);
      step(peer, sent, received);
    }
    assertThat(done(engine) && done(peer)).as("the handshake has ended").isTrue();
    return peer.getSession().getPeerCertificates();
  }

  private static boolean done(SSLEngine engine) {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws IOException {
    in.flip();
    var _ = engine.unwrap(in, ByteBuffer.allocate(1 << 16));
    in.compact();
    runTasks(engine);
    var _ = engine.wrap(ByteBuffer.allocate(0), out);
    runTasks(engine);
  }

  private static void runTasks(SSLEngine engine) {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  private static SSLContext peer() throws GeneralSecurityException, IOException {
    TlsMaterial own =
        new TlsFiles(
                Optional.empty(),
                Optional.of(made.resolve("peer.crt")),
                Optional.of(made.resolve("peer.key")))
            .read(Instant.now());
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "peer", own.key().orElseThrow(), new char[0], own.chain().toArray(Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), new TrustManager[] {new Anybody()}, null);
    return context;
  }

  /** Believes every certificate. */
  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
