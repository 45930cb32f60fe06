package io.trunkline.daemon.cli;

import io.trunkline.config.ConfigResult;
import io.trunkline.config.TrunklineConfig;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Where the daemon is asked: {@code --socket}, or what the configuration of {@code -c} says, or the
 * daemon that runs.
 */
final class SocketOption {
  private static final Path DEFAULT = Path.of("/run/trunkline/admin.sock");

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description =
          "The daemon's control socket (default: that of the configuration -c, or that of the"
              + " running daemon).")
  private Optional<Path> socket = Optional.empty();

  /** Connects to nothing yet. */
  AdminClient client(Map<String, String> environment) throws BadConfiguration, Unreachable {
    return new AdminClient(path(environment));
  }

  /**
   * Has the daemon do something about itself, which takes its time.
   *
   * @return what it answers, as JSON
   */
  String request(String what, Map<String, String> environment)
      throws BadConfiguration, Unreachable, IOException {
    return new AdminClient(path(environment), Duration.ofSeconds(100))
        .post("/api/v1/" + what + "?by=" + operator(environment))
        .good();
  }

  /** Who is at the keyboard, sudo or not, for a parameter of a path. */
  static String operator(Map<String, String> environment) {
    String name = environment.getOrDefault("SUDO_USER", System.getProperty("user.name"));
    return URLEncoder.encode(name, StandardCharsets.UTF_8);
  }

  private Path path(Map<String, String> environment) throws BadConfiguration, Unreachable {
    if (socket.isPresent()) {
      return socket.get();
    }
    if (!config.file().equals(Path.of(ConfigOption.DEFAULT))) {
      return config.load(environment).admin().socket();
    }
    Path configured =
        switch (config.read(environment)) {
          case ConfigResult.Valid(TrunklineConfig read) -> read.admin().socket();
          case ConfigResult.Invalid _ -> DEFAULT;
        };
    return choose(new RunningDaemons().sockets(), configured);
  }

  /**
   * Which of the daemons that run is asked where none is named.
   *
   * @param running their sockets
   * @param configured the socket that the default configuration names
   */
  static Path choose(Set<Path> running, Path configured) throws Unreachable {
    if (running.isEmpty() || running.contains(configured)) {
      return configured;
    }
    if (running.size() > 1) {
      throw new Unreachable(
          "several daemons run here; select one with --socket: "
              + running.stream().map(Path::toString).collect(Collectors.joining(", ")));
    }
    return running.iterator().next();
  }
}
