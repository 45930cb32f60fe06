package io.trunkline.healthcheck;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Certificates for tests, made by openssl. */
public final class Certs {
  private Certs() {}

  /** {@code ca}, {@code server} for 127.0.0.1, {@code other} for elsewhere, {@code client}. */
  public static void make(Path directory) {
    openssl(
        directory,
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt"
            + " -days 2 -subj /CN=test-ca");
    issue(directory, "server", "IP:127.0.0.1,DNS:localhost");
    issue(directory, "other", "DNS:elsewhere.example");
    issue(directory, "client", "DNS:client");
  }

  public static void openssl(Path directory, String arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments.split(" ", -1)));
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(arguments + ": " + output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("openssl is missing: run healthcheck/prepare.sh", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void issue(Path directory, String name, String names) {
    try {
      Files.writeString(
          directory.resolve(name + ".ext"),
          "subjectAltName=" + names + "\nextendedKeyUsage=serverAuth,clientAuth\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    openssl(
        directory,
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout %1$s.key -out %1$s.csr -subj /CN=%1$s"
            .formatted(name));
    openssl(
        directory,
        "x509 -req -in %1$s.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile %1$s.ext -out %1$s.crt"
            .formatted(name));
  }
}
