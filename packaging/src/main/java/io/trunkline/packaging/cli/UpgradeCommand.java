package io.trunkline.packaging.cli;

import io.trunkline.packaging.status.StatusJson;
import io.trunkline.packaging.status.UpgradeAnswer;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code trunkline upgrade}. */
@Command(
    name = "upgrade",
    header = "Have a new process of the installed version take over, without losing sessions.",
    description = {
      "The daemon starts the program that is installed now. When that has seen the clusters it gets"
          + " the listening sockets and the VIPs: no client is refused, and no VIP moves. The"
          + " sessions that there are stay with the old process, which goes on fencing them, until"
          + " they end or upgrade_timeout has passed.",
      "If the new process fails, because of its configuration for instance, the old one goes on as"
          + " before. The package does this when it is upgraded."
    })
final class UpgradeCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private SocketOption socket = new SocketOption();

  @Option(names = "--json", description = "As JSON, on one line.")
  private boolean json;

  UpgradeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws BadConfiguration, Unreachable, IOException {
    String reply = socket.wish("upgrade", console.environment());
    UpgradeAnswer answer = new StatusJson().read(reply, UpgradeAnswer.class);
    if (json) {
      console.out().println(reply);
    } else if (answer.upgraded()) {
      console
          .out()
          .printf(
              "upgraded: process %d, version %s, serves now; %d sessions stay with the old one%n",
              answer.process(), answer.version(), answer.sessions());
    } else {
      console.err().println("trunkline: not upgraded: " + answer.failure());
    }
    return answer.upgraded() ? ExitCode.DONE : ExitCode.FAILED;
  }
}
