package io.trunkline.daemon.cli;

import io.trunkline.config.ConfigChanges;
import io.trunkline.daemon.status.ReloadAnswer;
import io.trunkline.daemon.status.StatusJson;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "reload", header = "Make the daemon read its configuration again.")
final class ReloadCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private SocketOption socket = new SocketOption();

  @Option(names = "--json", description = "As JSON, on one line.")
  private boolean json;

  ReloadCommand(Console console) {
    this.console = console;
  }

  @Spec
  void describe(CommandSpec spec) {
    spec.usageMessage()
        .description(
            "If the file has a problem, every problem is printed as check prints it, and the daemon"
                + " keeps its configuration. Otherwise every change is printed and takes effect at"
                + " once. Sessions go on with the settings they began with.",
            String.join(", ", ConfigChanges.needRestart())
                + " take effect only after a restart or an upgrade. SIGHUP also reloads.");
  }

  @Override
  public Integer call() throws BadConfiguration, Unreachable, IOException {
    String reply = socket.request("reload", console.environment());
    ReloadAnswer answer = StatusJson.read(reply, ReloadAnswer.class);
    if (json) {
      console.out().println(reply);
    } else {
      tell(answer);
    }
    if (!answer.problems().isEmpty()) {
      return ExitCode.BAD_CONFIGURATION;
    }
    return answer.applied() ? ExitCode.DONE : ExitCode.FAILED;
  }

  private void tell(ReloadAnswer answer) {
    if (!answer.problems().isEmpty()) {
      answer.problems().forEach(console.err()::println);
      console.err().println("trunkline: not reloaded; the daemon keeps its configuration");
    } else if (!answer.applied()) {
      console.err().println("trunkline: not reloaded: " + answer.failure());
    } else if (answer.changes().isEmpty()) {
      console.out().println("reloaded: nothing has changed");
    } else {
      console.out().println("reloaded:");
      answer.changes().forEach(change -> console.out().println("  " + change));
      if (!answer.needsRestart().isEmpty()) {
        console.out().println("needs a restart: " + String.join(", ", answer.needsRestart()));
      }
    }
  }
}
