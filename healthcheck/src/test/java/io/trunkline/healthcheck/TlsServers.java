package io.trunkline.healthcheck;

import io.trunkline.config.TlsFiles;
import io.trunkline.config.TlsMaterial;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;

/** TLS server sockets with certificates of {@link Certs}. */
public final class TlsServers {
  private TlsServers() {}

  public static ServerSocket listen(Path certs, String name, boolean demandClient)
      throws Exception {
    TlsMaterial read =
        new TlsFiles(
                Optional.of(certs.resolve("ca.crt")),
                Optional.of(certs.resolve(name + ".crt")),
                Optional.of(certs.resolve(name + ".key")))
            .read(Instant.now());
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        "server", read.key().orElseThrow(), new char[0], read.chain().toArray(Certificate[]::new));
    KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
    keyManagers.init(keys, new char[0]);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", read.trust().getFirst());
    TrustManagerFactory trustManagers = TrustManagerFactory.getInstance("PKIX");
    trustManagers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
    SSLServerSocket socket =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    socket.setNeedClientAuth(demandClient);
    return socket;
  }
}
