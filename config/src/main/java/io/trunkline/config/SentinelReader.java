package io.trunkline.config;

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
        TlsReader.sentinel(in),
        in.values("require_auth").stream()
            .flatMap(value -> value.choice(SentinelConfig.Auth.class).stream())
            .collect(Collectors.toUnmodifiableSet()));
  }
}
