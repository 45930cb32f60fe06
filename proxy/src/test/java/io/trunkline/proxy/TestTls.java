package io.trunkline.proxy;

import io.trunkline.config.TlsFiles;
import io.trunkline.config.TlsMaterial;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** The test's own end of TLS: the JDK's, so that it is not the same code on both sides. */
public final class TestTls {
  private static final char[] NO_PASSWORD = new char[0];

  private TestTls() {}

  /** A file made by make-certificates.sh. */
  static Path file(String name) {
    try {
      return Path.of(Objects.requireNonNull(TestTls.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Trusts the test's authority; presents that certificate unless the name is empty. */
  public static SSLContext context(String identity) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, NO_PASSWORD);
      Optional<Path> ca = Optional.of(file("ca.crt"));
      Optional<Path> cert =
          Optional.of(identity).filter(it -> !it.isEmpty()).map(it -> file(it + ".crt"));
      Optional<Path> key = cert.map(it -> file(identity + ".key"));
      TlsMaterial read = new TlsFiles(ca, cert, key).read(Instant.now());
      store.setCertificateEntry("ca", read.trust().getFirst());
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, NO_PASSWORD);
      if (read.key().isPresent()) {
        Certificate[] chain = read.chain().toArray(Certificate[]::new);
        own.setKeyEntry("own", read.key().get(), NO_PASSWORD, chain);
      }
      keys.init(own, NO_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** TLS as a client over that connection; ALPN protocols are offered as given. */
  public static SSLSocket client(Socket plain, String identity, String... protocols)
      throws IOException {
    return client(plain, context(identity), protocols);
  }

  /** As a client that may resume what it has agreed on with that context. */
  public static SSLSocket client(Socket plain, SSLContext context, String... protocols)
      throws IOException {
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(plain, "localhost", plain.getPort(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(List.of(protocols).toArray(String[]::new));
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /** TLS as a server over that connection. */
  static SSLSocket server(Socket plain, String identity) throws IOException {
    return server(plain, context(identity), InputStream.nullInputStream());
  }

  /** As a server that has read some of it; it takes the ALPN protocol of PostgreSQL. */
  static SSLSocket server(Socket plain, SSLContext context, InputStream read) throws IOException {
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, read, true);
    socket.setUseClientMode(false);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"postgresql"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }
}
