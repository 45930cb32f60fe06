package io.trunkline.daemon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.trunkline.config.ConfigLoader;
import io.trunkline.config.ConfigResult;
import io.trunkline.config.EffectiveConfig;
import io.trunkline.config.Problem;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.daemon.status.StatusJson;
import io.trunkline.routing.Plural;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "check",
    header = "Check a configuration and print every problem.",
    description = {
      "Each problem is one line: file:line:column: field: what is wrong, what would be right."
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

  @Option(names = "--json", description = "As JSON on one line, including the problems.")
  private boolean json;

  CheckCommand(Console console) {
    this.console = console;
  }

  /**
   * What {@code --json} prints.
   *
   * @param effective every default filled in, secrets masked; null without {@code --effective}, and
   *     where there are problems
   */
  record Report(String file, boolean good, List<Problem> problems, @Nullable JsonNode effective) {}

  @Override
  public Integer call() throws BadConfiguration, IOException {
    Path checked = file.orElseGet(config::file);
    if (json) {
      return printJson(checked);
    }
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
            Plural.of(read.clusters().size(), "cluster"),
            Plural.of(read.listeners().size(), "listener"),
            Plural.of(read.vips().size(), "VIP"));
    return ExitCode.DONE;
  }

  private int printJson(Path checked) throws IOException {
    return switch (new ConfigLoader(console.environment()).load(checked)) {
      case ConfigResult.Valid valid -> {
        JsonNode tree =
            effective ? new YAMLMapper().readTree(EffectiveConfig.render(valid.config())) : null;
        print(new Report(checked.toString(), true, List.of(), tree));
        yield ExitCode.DONE;
      }
      case ConfigResult.Invalid invalid -> {
        print(new Report(checked.toString(), false, invalid.problems(), null));
        yield ExitCode.BAD_CONFIGURATION;
      }
    };
  }

  private void print(Report report) {
    console.out().println(StatusJson.write(report));
  }
}
