package io.trunkline.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code sentinel}. */
final class SentinelReader {
  static final Section<SentinelConfig> KEYS = new Section<>("clusters[].sentinel");
  static final Key<String> USER =
      KEYS.key("user", Type.TEXT, SentinelConfig::user)
          .required("ROLE")
          .means(
              "A PostgreSQL role that may log in. It needs no privileges; with `pg_monitor` its"
                  + " sight of replication counts, too (below).");
  static final Key<Secret> PASSWORD =
      KEYS.secret("password", SentinelConfig::password).without("required").means("Its password.");
  static final Key<String> DATABASE =
      KEYS.key("database", Type.TEXT.or("postgres"), SentinelConfig::database)
          .means("The database to connect to.");
  static final Key<MappingReader> TLS =
      KEYS.mapping("tls", PostgresTlsReader.SENTINEL.keys, sentinel -> Optional.of(sentinel.tls()))
          .without("`prefer`")
          .means("The TLS of the connection.");
  static final Key<List<SentinelConfig.Auth>> REQUIRE_AUTH =
      KEYS.key(
              "require_auth",
              Type.choices(SentinelConfig.Auth.class),
              sentinel -> Section.some(sentinel.requireAuth().stream().sorted().toList()))
          .without("see below")
          .means("Which ways of authentication a server may ask for, as libpq's `require_auth`.");

  private SentinelReader() {}

  static SentinelConfig read(MappingReader in) {
    Secret password = in.password(PASSWORD);
    return new SentinelConfig(
        in.find(USER).orElse(""),
        password,
        in.get(DATABASE),
        PostgresTlsReader.SENTINEL.read(in.get(TLS)),
        Set.copyOf(in.get(REQUIRE_AUTH)));
  }
}
