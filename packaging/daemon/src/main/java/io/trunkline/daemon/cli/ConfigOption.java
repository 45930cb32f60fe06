package io.trunkline.daemon.cli;

import io.trunkline.config.ConfigLoader;
import io.trunkline.config.ConfigResult;
import io.trunkline.config.TrunklineConfig;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** {@code -c}: which configuration. */
final class ConfigOption {
  static final String DEFAULT = "/etc/trunkline/trunkline.yaml";

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      defaultValue = DEFAULT,
      description = "The configuration (default: ${DEFAULT-VALUE}).")
  private Path file = Path.of(DEFAULT);

  Path file() {
    return file;
  }

  /** What the file says, good or bad. */
  ConfigResult read(Map<String, String> environment) {
    return new ConfigLoader(environment).load(file);
  }

  TrunklineConfig load(Map<String, String> environment) throws BadConfiguration {
    return load(file, environment);
  }

  static TrunklineConfig load(Path file, Map<String, String> environment) throws BadConfiguration {
    return switch (new ConfigLoader(environment).load(file)) {
      case ConfigResult.Valid valid -> valid.config();
      case ConfigResult.Invalid invalid -> throw new BadConfiguration(invalid.problems());
    };
  }
}
