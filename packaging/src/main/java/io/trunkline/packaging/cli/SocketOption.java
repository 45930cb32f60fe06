package io.trunkline.packaging.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code --socket}: where the daemon is asked, or else what the configuration says. */
final class SocketOption {
  private static final Path DEFAULT = Path.of("/run/trunkline/admin.sock");

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The daemon's control socket (default: as the configuration says).")
  private Optional<Path> socket = Optional.empty();

  /** Connects to nothing yet. */
  AdminClient client(Map<String, String> environment) throws BadConfiguration {
    return new AdminClient(path(environment));
  }

  /**
   * Has the daemon do something about itself, which takes its time.
   *
   * @return what it answers, as JSON
   */
  String wish(String what, Map<String, String> environment)
      throws BadConfiguration, Unreachable, IOException {
    AdminClient.Answer reply =
        new AdminClient(path(environment), Duration.ofSeconds(100))
            .post("/api/v1/" + what + "?by=" + Operator.encoded(environment));
    if (reply.status() != 200) {
      throw new IOException(reply.body().strip());
    }
    return reply.body().strip();
  }

  private Path path(Map<String, String> environment) throws BadConfiguration {
    if (socket.isPresent()) {
      return socket.get();
    }
    boolean none =
        config.file().equals(Path.of(ConfigOption.DEFAULT)) && !Files.exists(config.file());
    return none ? DEFAULT : config.load(environment).admin().socket();
  }
}
