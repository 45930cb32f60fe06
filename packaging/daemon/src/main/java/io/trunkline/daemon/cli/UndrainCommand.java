package io.trunkline.daemon.cli;

import io.trunkline.daemon.status.DrainAnswer;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code trunkline undrain}. */
@Command(
    name = "undrain",
    header = "Put a drained node into service again.",
    description = {
      "The node takes new sessions and takes part in all its VIPs again. With --vip only in that"
          + " VIP. The command can be repeated."
    })
final class UndrainCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private DrainOptions options = new DrainOptions();

  UndrainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws BadConfiguration, Unreachable, IOException {
    options.print(console, options.ask("undrain", console.environment()), this::words);
    return ExitCode.DONE;
  }

  private String words(DrainAnswer answer) {
    String what = options.vip().map(vip -> "VIP " + vip).orElse("this node");
    return answer.changed() ? what + " takes part again" : what + " was not drained";
  }
}
