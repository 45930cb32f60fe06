package io.trunkline.config;

import io.trunkline.config.TlsConfig.ClientCert;
import io.trunkline.config.TlsConfig.MinVersion;
import io.trunkline.config.TlsFiles.Identity;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads {@code tls} and {@code backend_tls}. */
final class TlsReader {
  static final TlsConfig PASSTHROUGH =
      new TlsConfig(
          TlsConfig.Mode.PASSTHROUGH,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          ClientCert.REQUIRE,
          false,
          MinVersion.TLSV1_2);

  static final BackendTlsConfig NO_BACKEND_TLS =
      new BackendTlsConfig(
          BackendTlsConfig.Mode.DISABLE, Optional.empty(), Optional.empty(), Optional.empty());

  private TlsReader() {}

  static TlsConfig client(MappingReader in) {
    TlsConfig.Mode mode = in.choice("mode", TlsConfig.Mode.PASSTHROUGH);
    Identity identity = TlsFiles.identity(in);
    Optional<Path> clientCa = TlsFiles.authorities(in, "client_ca");
    switch (mode) {
      case PASSTHROUGH -> {
        for (String key : List.of("cert", "key", "client_ca", "client_cert", "min_version")) {
          in.refuse(key, "is used only with mode: terminate");
        }
      }
      case TERMINATE -> {
        if (!in.has("cert")) {
          in.problem("mode", "terminate needs cert: PATH and key: PATH");
        }
        if (!in.has("client_ca")) {
          in.refuse("client_cert", "needs the authorities to check it with; write client_ca: PATH");
        }
      }
    }
    return new TlsConfig(
        mode,
        identity.cert(),
        identity.key(),
        clientCa,
        in.choice("client_cert", ClientCert.REQUIRE),
        in.flag("require", false),
        in.choice("min_version", MinVersion.TLSV1_2));
  }

  /** A mapping, or the mode alone. */
  static BackendTlsConfig backend(MappingReader listener, TlsConfig client) {
    String key = "backend_tls";
    if (!listener.has(key)) {
      return NO_BACKEND_TLS;
    }
    BackendTlsConfig tls =
        listener.node(key).orElseThrow() instanceof Node.Scalar
            ? new BackendTlsConfig(
                listener.choice(key, BackendTlsConfig.Mode.DISABLE),
                Optional.empty(),
                Optional.empty(),
                Optional.empty())
            : listener.section(key, Sections.BACKEND_TLS).map(TlsReader::backend).orElseThrow();
    if (client.mode() == TlsConfig.Mode.PASSTHROUGH
        && tls.mode() != BackendTlsConfig.Mode.DISABLE) {
      listener.problem(
          key, "is used only with tls: {mode: terminate}; in passthrough TLS is the client's own");
    }
    if (client.mode() == TlsConfig.Mode.TERMINATE
        && tls.mode() != BackendTlsConfig.Mode.DISABLE
        && !client.require()) {
      // PostgreSQL takes SCRAM through two TLS connections for an attack unless the client gives
      // channel binding up, and with sslmode=prefer libpq then comes back in the clear by itself.
      listener.problem(
          key,
          "needs tls: {require: true}: where a client's SCRAM login fails over TLS, sslmode=prefer"
              + " would try again without TLS");
    }
    return tls;
  }

  private static BackendTlsConfig backend(MappingReader in) {
    BackendTlsConfig.Mode mode = in.choice("mode", BackendTlsConfig.Mode.DISABLE);
    Optional<Path> cacert = TlsFiles.authorities(in, "cacert");
    Identity identity = TlsFiles.identity(in);
    switch (mode) {
      case DISABLE -> {
        for (String key : List.of("cacert", "cert", "key")) {
          in.refuse(key, "is not used with mode disable; write mode: verify_full");
        }
      }
      case REQUIRE ->
          in.refuse(
              "cacert", "is not used with mode require; write mode: verify_ca or verify_full");
      case VERIFY_CA, VERIFY_FULL -> {}
    }
    return new BackendTlsConfig(mode, cacert, identity.cert(), identity.key());
  }
}
