package io.trunkline.healthcheck;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;

/** TLS server sockets with certificates of {@link Certs}. */
final class TlsServers {
  private TlsServers() {}

  static ServerSocket listen(Path certs, String name, boolean demandClient) throws Exception {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        "server",
        PrivateKeys.read(certs.resolve(name + ".key")),
        new char[0],
        new Certificate[] {read(factory, certs.resolve(name + ".crt"))});
    KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
    keyManagers.init(keys, new char[0]);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", read(factory, certs.resolve("ca.crt")));
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

  private static Certificate read(CertificateFactory factory, Path file) throws Exception {
    try (InputStream in = Files.newInputStream(file)) {
      return factory.generateCertificate(in);
    }
  }
}
