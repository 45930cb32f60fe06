package io.trunkline.loadtest.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The lab's own CA. Each holder gets {@code ca.crt node.crt node.key node.pem} (key and
 * certificate, as Patroni's {@code certfile} wants them), good for servers and for clients.
 */
public final class Certificates {
  private static final String[] EC = {
    "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"
  };

  private final Path authority;

  /** Makes the CA in that directory. */
  public Certificates(Path authority) {
    this.authority = authority;
    try {
      Files.createDirectories(authority);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    openssl(
        "-subj", "/CN=Trunkline lab CA",
        "-keyout", authority.resolve("ca.key").toString(),
        "-out", caCertificate().toString());
  }

  Path caCertificate() {
    return authority.resolve("ca.crt");
  }

  /** Writes the certificate of one node into its directory. */
  public void issue(Path directory, String name, String address) {
    Path key = directory.resolve("node.key");
    Path certificate = directory.resolve("node.crt");
    try {
      Files.createDirectories(directory);
      openssl(
          "-CA",
          caCertificate().toString(),
          "-CAkey",
          authority.resolve("ca.key").toString(),
          "-subj",
          "/CN=" + name,
          "-addext",
          "subjectAltName=DNS:" + name + ",DNS:localhost,IP:127.0.0.1,IP:" + address,
          "-addext",
          "extendedKeyUsage=serverAuth,clientAuth",
          "-addext",
          "basicConstraints=critical,CA:FALSE",
          "-keyout",
          key.toString(),
          "-out",
          certificate.toString());
      Files.writeString(
          directory.resolve("node.pem"), Files.readString(key) + Files.readString(certificate));
      Files.copy(caCertificate(), directory.resolve("ca.crt"), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void openssl(String... arguments) {
    String[] command = new String[3 + EC.length + arguments.length];
    command[0] = "openssl";
    command[1] = "req";
    command[2] = "-x509";
    System.arraycopy(EC, 0, command, 3, EC.length);
    System.arraycopy(arguments, 0, command, 3 + EC.length, arguments.length);
    Project.run(20, command);
  }
}
