package io.trunkline.packaging.cli;

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

  /** For what takes its time. */
  AdminClient patientClient(Map<String, String> environment) throws BadConfiguration {
    return new AdminClient(path(environment), Duration.ofSeconds(100));
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
