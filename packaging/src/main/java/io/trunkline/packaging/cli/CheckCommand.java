package io.trunkline.packaging.cli;

import io.trunkline.config.EffectiveConfig;
import io.trunkline.config.TrunklineConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code trunkline check}. */
@Command(
    name = "check",
    header = "Check a configuration and print every problem at once.",
    description = {
      "Each problem is a line of its own: file:line:column: field: what is wrong, what would be"
          + " right."
    })
final class CheckCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--effective",
      description = "Print the configuration with every default filled in, secrets masked.")
  private boolean effective;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "The configuration to check (default: that of --config).")
  private Optional<Path> file = Optional.empty();

  CheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws BadConfiguration {
    Path checked = file.orElseGet(config::file);
    TrunklineConfig read = ConfigOption.load(checked, console.environment());
    if (effective) {
      console.out().print(EffectiveConfig.render(read));
      return ExitCode.DONE;
    }
    console
        .out()
        .printf(
            "%s: good: %s, %s, %s%n",
            checked,
            count(read.clusters().size(), "cluster"),
            count(read.listeners().size(), "listener"),
            count(read.vips().size(), "VIP"));
    return ExitCode.DONE;
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
