package io.trunkline.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Reads {@code admin}. */
final class AdminReader {
  static final AdminConfig DEFAULT =
      new AdminConfig(
          new HostPort("127.0.0.1", 7000), Path.of("/run/trunkline/admin.sock"), List.of());

  /** The size of sun_path, less its terminating NUL. */
  private static final int LONGEST_SOCKET = 107;

  private AdminReader() {}

  static AdminConfig read(MappingReader in, Binds binds) {
    HostPort bind = in.value("bind").flatMap(ListenerReader::bind).orElse(DEFAULT.bind());
    binds.add(in.has("bind") ? in.at("bind") : Position.NOWHERE, in.path("bind"), bind);
    return new AdminConfig(
        bind,
        in.file("socket").filter(socket -> fits(in, socket)).orElse(DEFAULT.socket()),
        in.values("allowed_hosts").stream()
            .flatMap(value -> value.as(Addresses::hostName).stream())
            .toList());
  }

  private static boolean fits(MappingReader in, Path socket) {
    boolean fits = socket.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET;
    if (!fits) {
      in.problem(
          "socket", "is longer than the " + LONGEST_SOCKET + " bytes of a Unix socket's path");
    }
    return fits;
  }
}
