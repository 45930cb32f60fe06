package io.trunkline.config;

import io.trunkline.config.TlsConfig.ClientCert;
import io.trunkline.config.TlsConfig.MinVersion;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the keys that name TLS files, and the sections that are about TLS. */
final class TlsReader {
  static final TlsConfig PASSTHROUGH =
      new TlsConfig(
          TlsConfig.Mode.PASSTHROUGH, TlsFiles.NONE, ClientCert.REQUIRE, false, MinVersion.TLSV1_2);

  static final PostgresTls NO_BACKEND_TLS = new PostgresTls(SslMode.DISABLE, TlsFiles.NONE);

  /** A session must know beforehand whether there is TLS to its member. */
  static final Set<SslMode> BACKEND_MODES = EnumSet.complementOf(EnumSet.of(SslMode.PREFER));

  private TlsReader() {}

  /** The keys {@code cacert}, {@code cert} and {@code key}. */
  static TlsFiles files(MappingReader in) {
    return files(in, "cacert");
  }

  /** Checks that the files can serve, too. */
  private static TlsFiles files(MappingReader in, String cacert) {
    TlsFiles files = new TlsFiles(in.file(cacert), in.file("cert"), in.file("key"));
    Instant now = in.context().machine().now();
    var _ = read(in, cacert, () -> files.trust(now));
    Optional<List<X509Certificate>> chain = read(in, "cert", () -> files.chain(now));
    if (!in.has("cert")) {
      in.refuse("key", "needs the certificate that it belongs to; write cert: PATH");
    } else if (files.key().isPresent() || (chain.isPresent() && !in.has("key"))) {
      var _ = read(in, in.has("key") ? "key" : "cert", () -> files.key(chain.orElse(List.of())));
    }
    return files;
  }

  private interface Reading<T> {
    T get() throws PemException;
  }

  private static <T> Optional<T> read(MappingReader in, String key, Reading<T> reading) {
    try {
      return Optional.of(reading.get());
    } catch (PemException e) {
      in.problem(key, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  static TlsConfig client(MappingReader in) {
    TlsConfig.Mode mode = in.choice("mode", TlsConfig.Mode.PASSTHROUGH);
    TlsFiles files = files(in, "client_ca");
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
        files,
        in.choice("client_cert", ClientCert.REQUIRE),
        in.flag("require", false),
        in.choice("min_version", MinVersion.TLSV1_2));
  }

  static PostgresTls backend(MappingReader listener, TlsConfig client) {
    String key = "backend_tls";
    PostgresTls tls = postgres(listener, key, Sections.BACKEND_TLS, SslMode.DISABLE, BACKEND_MODES);
    if (client.mode() == TlsConfig.Mode.PASSTHROUGH && tls.mode() != SslMode.DISABLE) {
      listener.problem(
          key, "is used only with tls: {mode: terminate}; in passthrough TLS is the client's own");
    }
    if (client.mode() == TlsConfig.Mode.TERMINATE
        && tls.mode() != SslMode.DISABLE
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

  static PostgresTls sentinel(MappingReader in) {
    return postgres(in, "tls", Sections.SENTINEL_TLS, SslMode.PREFER, EnumSet.allOf(SslMode.class));
  }

  /** A mapping, or the mode alone. */
  private static PostgresTls postgres(
      MappingReader in, String key, Section section, SslMode byDefault, Set<SslMode> modes) {
    if (in.node(key).filter(Node.Scalar.class::isInstance).isPresent()) {
      return new PostgresTls(in.choice(key, byDefault, modes), TlsFiles.NONE);
    }
    MappingReader tls = in.sectionOrEmpty(key, section);
    SslMode mode = tls.choice("mode", byDefault, modes);
    TlsFiles files = files(tls);
    if (mode == SslMode.DISABLE) {
      for (String file : List.of("cacert", "cert", "key")) {
        tls.refuse(file, "is not used with mode disable; write mode: verify_full");
      }
    } else if (!mode.verifies()) {
      tls.refuse(
          "cacert", "is used only to verify; write mode: verify_ca or mode: verify_full beside it");
    }
    return new PostgresTls(mode, files);
  }
}
