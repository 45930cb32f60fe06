package io.trunkline.daemon.cli;

import io.trunkline.daemon.status.DrainAnswer;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code trunkline drain}. */
@Command(
    name = "drain",
    header = "Take this node out of service without stopping it.",
    description = {
      "Hands its VIPs over to other nodes and ends the sessions through them. Then the node takes"
          + " no new sessions. Sessions that did not come through a VIP go on. With --vip only that"
          + " VIP is handed over.",
      "The drain lasts until undrain or until the daemon is restarted. The command can be repeated."
    })
final class DrainCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private DrainOptions options = new DrainOptions();

  DrainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws BadConfiguration, Unreachable, IOException {
    options.print(console, options.ask("drain", console.environment()), this::words);
    return ExitCode.DONE;
  }

  private String words(DrainAnswer answer) {
    if (answer.drain().node()) {
      return answer.changed()
          ? "drained: no new sessions, VIPs are handed over; " + DrainOptions.sessions(answer)
          : "drained already, by %s since %s; %s"
              .formatted(
                  answer.drain().by(), answer.drain().since(), DrainOptions.sessions(answer));
    }
    String vip = options.vip().orElse("");
    return answer.changed()
        ? "VIP " + vip + " is handed over and kept away from this node"
        : "VIP " + vip + " is kept away from this node already";
  }
}
