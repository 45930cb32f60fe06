package io.trunkline.daemon.cli;

import io.trunkline.daemon.app.Build;
import io.trunkline.daemon.status.StatusJson;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "version", header = "Print the version.")
final class VersionCommand implements Callable<Integer> {
  private final Console console;
  private final Build build;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  VersionCommand(Console console, Build build) {
    this.console = console;
    this.build = build;
  }

  /** What {@code --json} prints. */
  record Version(String version, String java, String arch) {}

  @Override
  public Integer call() {
    Version version = of(build);
    console.out().println(json ? StatusJson.write(version) : sentence(version));
    return ExitCode.DONE;
  }

  static String sentence(Build build) {
    return sentence(of(build));
  }

  private static String sentence(Version version) {
    return "trunkline %s (Java %s, %s)"
        .formatted(version.version(), version.java(), version.arch());
  }

  private static Version of(Build build) {
    return new Version(
        build.version(), Runtime.version().toString(), System.getProperty("os.arch", "?"));
  }
}
