package io.trunkline.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads {@code admin}. */
final class AdminReader {
  /** The size of sun_path, less its terminating NUL. */
  private static final int LONGEST_SOCKET = 107;

  static final Section<AdminConfig> KEYS = new Section<>("admin");
  static final Key<HostPort> BIND =
      KEYS.key(
              "bind",
              Type.value("host:port", ListenerReader::bind).or(new HostPort("127.0.0.1", 7000)),
              AdminConfig::bind)
          .means(
              "The HTTP endpoint for the dashboard, metrics and health checks. It is read-only.");
  static final Key<Path> SOCKET =
      KEYS.key(
              "socket",
              Type.value("path, up to %d bytes".formatted(LONGEST_SOCKET), AdminReader::socket)
                  .or(Path.of("/run/trunkline/admin.sock")),
              AdminConfig::socket)
          .means("The control socket that the command line uses.");
  static final Key<List<String>> ALLOWED_HOSTS =
      KEYS.key(
              "allowed_hosts",
              Type.list("list of host names", value -> value.as(Addresses::hostName)),
              AdminConfig::allowedHosts)
          .means(
              "Names that the endpoint may be called by, in the `Host` header, besides those that"
                  + " it always answers to: every IP address, `localhost`, `node`, a name in"
                  + " `bind`, and what the machine is called (its host name, alone and in each"
                  + " search domain of `/etc/resolv.conf`, and the names beside it in"
                  + " `/etc/hosts`). Any other name is answered 421. Each name in full, without a"
                  + " port. See [security](security.md#what-listens-where).");

  private AdminReader() {}

  static AdminConfig read(MappingReader in, Binds binds) {
    HostPort bind = in.get(BIND);
    binds.add(in.has(BIND) ? in.at(BIND) : Position.NOWHERE, in.path("bind"), bind);
    return new AdminConfig(bind, in.get(SOCKET), in.get(ALLOWED_HOSTS));
  }

  private static Optional<Path> socket(Value value) {
    return value
        .file()
        .flatMap(
            socket ->
                socket.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET
                    ? Optional.of(socket)
                    : value.reject(
                        "is longer than the %d bytes of a Unix socket's path"
                            .formatted(LONGEST_SOCKET)));
  }
}
