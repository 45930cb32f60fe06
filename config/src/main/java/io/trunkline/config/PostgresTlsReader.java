package io.trunkline.config;

import java.util.EnumSet;
import java.util.Set;

/** Reads {@code tls} of a sentinel and {@code backend_tls}: a mapping, or its mode alone. */
final class PostgresTlsReader {
  static final PostgresTlsReader SENTINEL =
      new PostgresTlsReader(
          "clusters[].sentinel.tls",
          SslMode.PREFER,
          EnumSet.allOf(SslMode.class),
          "no TLS; TLS where the member has it");

  /** A session must know beforehand whether there is TLS to its member. */
  static final PostgresTlsReader BACKEND =
      new PostgresTlsReader(
          "listeners[].backend_tls",
          SslMode.DISABLE,
          EnumSet.complementOf(EnumSet.of(SslMode.PREFER)),
          "no TLS");

  final Section<PostgresTls> keys;
  private final Key<SslMode> mode;
  private final TlsKeys files;

  private PostgresTlsReader(String path, SslMode byDefault, Set<SslMode> modes, String weakest) {
    keys = new Section<PostgresTls>(path).orAlone("mode");
    mode =
        keys.key("mode", Type.choice(modes).or(byDefault), PostgresTls::mode)
            .means(
                "As libpq's `sslmode`: "
                    + weakest
                    + "; TLS whoever answers; the certificate's chain is checked; the host name as"
                    + " well.");
    files =
        TlsKeys.in(
            keys,
            PostgresTls::files,
            "The authorities that may have signed the members' certificates. Only with `verify_ca`"
                + " and `verify_full`.",
            "A client certificate chain.");
  }

  PostgresTls read(MappingReader in) {
    SslMode found = in.get(mode);
    TlsFiles named = files.read(in);
    if (found == SslMode.DISABLE) {
      files.refuse(in, "is not used with mode disable; write mode: verify_full");
    } else if (!found.verifies()) {
      in.refuse(
          files.cacert(),
          "is used only to verify; write mode: verify_ca or mode: verify_full beside it");
    }
    return new PostgresTls(found, named);
  }
}
