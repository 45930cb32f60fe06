package io.trunkline.daemon.cli;

import io.trunkline.daemon.status.DrainAnswer;
import picocli.CommandLine.Command;

@Command(
    name = "undrain",
    header = "Put a drained node into service again.",
    description = {
      "The node takes new sessions and takes part in all its VIPs again. With --vip only in that"
          + " VIP. The command can be repeated."
    })
final class UndrainCommand extends DrainRequest {
  UndrainCommand(Console console) {
    super(console, "undrain");
  }

  @Override
  String words(DrainAnswer answer) {
    String what = vip().map(vip -> "VIP " + vip).orElse("this node");
    return answer.changed() ? what + " takes part again" : what + " was not drained";
  }
}
