package io.trunkline.daemon.cli;

import io.trunkline.daemon.status.StatusJson;
import io.trunkline.daemon.status.UpgradeAnswer;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "upgrade",
    header = "Replace the process by one of the installed version, without losing sessions.",
    description = {
      "The daemon starts the installed program. When the new process has read the state of the"
          + " clusters, it gets the listening sockets and the VIPs: no client is refused, and no"
          + " VIP moves. Established sessions stay with the old process, which still fences them,"
          + " until they end or upgrade_timeout is over.",
      "If the new process fails, for example because of its configuration, the old one goes on. An"
          + " upgrade of the package runs this command."
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
    String reply = socket.request("upgrade", console.environment());
    UpgradeAnswer answer = StatusJson.read(reply, UpgradeAnswer.class);
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
