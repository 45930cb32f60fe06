package io.trunkline.config;

import io.trunkline.config.TlsConfig.ClientCert;
import io.trunkline.config.TlsConfig.MinVersion;
import java.nio.file.Path;
import java.util.List;

/** Reads {@code tls} of a listener. */
final class TlsReader {
  static final Section<TlsConfig> KEYS = new Section<>("listeners[].tls");
  static final Key<TlsConfig.Mode> MODE =
      KEYS.key("mode", Type.choice(TlsConfig.Mode.PASSTHROUGH), TlsConfig::mode)
          .means(
              "Who ends the client's TLS: the member, so that TLS, channel binding and every"
                  + " protocol version work end to end; or Trunkline.");
  static final Key<Path> CERT =
      KEYS.key("cert", Type.FILE, tls -> tls.files().cert())
          .without("required to terminate")
          .means("The server certificate chain. Only with `terminate`.");
  static final Key<Path> KEY =
      KEYS.key("key", Type.FILE, tls -> tls.files().key())
          .without("the key in `cert`")
          .means("Its private key. Only with `terminate`.");
  static final Key<Path> CLIENT_CA =
      KEYS.key("client_ca", Type.FILE, tls -> tls.files().cacert())
          .means(
              "The authorities that may have signed clients' certificates. Only with `terminate`.");
  static final Key<ClientCert> CLIENT_CERT =
      KEYS.key(
              "client_cert",
              Type.choice(ClientCert.REQUIRE),
              tls -> Section.when(tls.files().cacert().isPresent(), tls.clientCert()))
          .means(
              "Where there is a `client_ca`: whether clients must present a certificate, or only"
                  + " one that is good if they do.");
  static final Key<Boolean> REQUIRE =
      KEYS.key("require", Type.flag(false), TlsConfig::require)
          .means("Refuse sessions without TLS.");
  static final Key<MinVersion> MIN_VERSION =
      KEYS.key(
              "min_version",
              Type.choice(MinVersion.TLSV1_2),
              tls -> Section.when(tls.mode() == TlsConfig.Mode.TERMINATE, tls.minVersion()))
          .means("The lowest version that is accepted. Only with `terminate`.");

  private TlsReader() {}

  static TlsConfig read(MappingReader in) {
    TlsConfig.Mode mode = in.get(MODE);
    TlsFiles files = new TlsKeys(CLIENT_CA, CERT, KEY).read(in);
    switch (mode) {
      case PASSTHROUGH -> {
        for (Key<?> key : List.of(CERT, KEY, CLIENT_CA, CLIENT_CERT, MIN_VERSION)) {
          in.refuse(key, "is used only with mode: terminate");
        }
      }
      case TERMINATE -> {
        if (!in.has(CERT)) {
          in.problem(MODE, "terminate needs cert: PATH and key: PATH");
        }
        if (!in.has(CLIENT_CA)) {
          in.refuse(CLIENT_CERT, "needs the authorities to check it with; write client_ca: PATH");
        }
      }
    }
    return new TlsConfig(mode, files, in.get(CLIENT_CERT), in.get(REQUIRE), in.get(MIN_VERSION));
  }
}
