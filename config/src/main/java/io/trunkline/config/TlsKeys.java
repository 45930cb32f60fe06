package io.trunkline.config;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The keys of a mapping that name TLS files. */
record TlsKeys(Key<Path> cacert, Key<Path> cert, Key<Path> key) {

  /**
   * The keys {@code cacert}, {@code cert} and {@code key}.
   *
   * @param trusts what the manual says of the authorities
   * @param shows what it says of the certificate
   */
  static <C> TlsKeys in(
      Section<C> section, Function<C, TlsFiles> files, String trusts, String shows) {
    return new TlsKeys(
        section
            .key("cacert", Type.FILE, config -> files.apply(config).cacert())
            .without("the system's authorities")
            .means(trusts),
        section.key("cert", Type.FILE, config -> files.apply(config).cert()).means(shows),
        section
            .key("key", Type.FILE, config -> files.apply(config).key())
            .without("the key in `cert`")
            .means("Its private key."));
  }

  /** Checks that the files can serve, too. */
  TlsFiles read(MappingReader in) {
    TlsFiles files = new TlsFiles(in.find(cacert), in.find(cert), in.find(key));
    Instant now = in.context().machine().now();
    var _ = read(in, cacert, () -> files.trust(now));
    Optional<List<X509Certificate>> chain = read(in, cert, () -> files.chain(now));
    if (!in.has(cert)) {
      in.refuse(key, "needs the certificate that it belongs to; write cert: PATH");
    } else if (files.key().isPresent() || (chain.isPresent() && !in.has(key))) {
      var _ = read(in, in.has(key) ? key : cert, () -> files.key(chain.orElse(List.of())));
    }
    return files;
  }

  private interface Reading<T> {
    T get() throws PemException;
  }

  private static <T> Optional<T> read(MappingReader in, Key<Path> key, Reading<T> reading) {
    try {
      return Optional.of(reading.get());
    } catch (PemException e) {
      in.problem(key, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  void refuse(MappingReader in, String message) {
    Stream.of(cacert, cert, key).forEach(each -> in.refuse(each, message));
  }
}
