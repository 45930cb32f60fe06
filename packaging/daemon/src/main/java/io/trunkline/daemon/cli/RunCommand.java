package io.trunkline.daemon.cli;

import io.trunkline.daemon.app.Build;
import io.trunkline.daemon.app.DaemonProcess;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "run",
    header = "Run the daemon in the foreground.",
    description = {
      "SIGTERM and SIGINT drain the daemon: it takes no new sessions, waits up to drain_timeout for"
          + " its sessions to end, and ends. A second signal ends it at once. SIGHUP reloads the"
          + " configuration.",
      "It logs to standard error, one event per line; under systemd it reports when it is ready."
    })
final class RunCommand implements Callable<Integer> {
  private final Console console;
  private final Build build;

  @Mixin private ConfigOption config = new ConfigOption();

  RunCommand(Console console, Build build) {
    this.console = console;
    this.build = build;
  }

  /** How to start this program again; empty if it was not started by its own script. */
  private List<String> command() {
    String launcher = System.getProperty("trunkline.launcher", "");
    return launcher.isEmpty()
        ? List.of()
        : List.of(launcher, "run", "--config", config.file().toAbsolutePath().toString());
  }

  @Override
  public Integer call() throws BadConfiguration {
    DaemonProcess process =
        new DaemonProcess(
            config.load(console.environment()),
            () -> config.read(console.environment()),
            build,
            command(),
            console.environment());
    return process.run() ? ExitCode.DONE : ExitCode.FAILED;
  }
}
