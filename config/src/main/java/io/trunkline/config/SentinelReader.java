package io.trunkline.config;

import io.trunkline.config.TlsFiles.Identity;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads {@code sentinel}. */
final class SentinelReader {
  private SentinelReader() {}

  static SentinelConfig read(MappingReader in) {
    Optional<Secret> password = Secrets.read(in, "password");
    if (!in.has("password") && !in.has("password_file")) {
      in.problem("is missing the password; write password_file: PATH or password: ${NAME}");
    }
    return new SentinelConfig(
        in.required("user", "ROLE").map(Value::text).orElse(""),
        password.orElse(new Secret("")),
        in.value("database").map(Value::text).orElse("postgres"),
        tls(in),
        in.values("require_auth").stream()
            .flatMap(value -> value.choice(SentinelConfig.Auth.class).stream())
            .collect(Collectors.toUnmodifiableSet()));
  }

  /** A mapping, or the mode alone. */
  private static SentinelConfig.Tls tls(MappingReader in) {
    String key = "tls";
    if (in.node(key).filter(Node.Scalar.class::isInstance).isPresent()) {
      SentinelConfig.Mode mode = in.choice(key, SentinelConfig.Mode.PREFER);
      return new SentinelConfig.Tls(mode, Optional.empty(), Optional.empty(), Optional.empty());
    }
    return mapping(in.sectionOrEmpty(key, Sections.SENTINEL_TLS));
  }

  private static SentinelConfig.Tls mapping(MappingReader in) {
    SentinelConfig.Mode mode = in.choice("mode", SentinelConfig.Mode.PREFER);
    Optional<Path> cacert = TlsFiles.authorities(in, "cacert");
    Identity identity = TlsFiles.identity(in);
    switch (mode) {
      case DISABLE -> {
        for (String key : List.of("cacert", "cert", "key")) {
          in.refuse(key, "is not used with mode disable; write mode: verify_full");
        }
      }
      case PREFER, REQUIRE ->
          in.refuse(
              "cacert",
              "is used only to verify; write mode: verify_ca or mode: verify_full beside it");
      case VERIFY_CA, VERIFY_FULL -> {}
    }
    return new SentinelConfig.Tls(mode, cacert, identity.cert(), identity.key());
  }
}
