package io.trunkline.daemon.cli;

import io.trunkline.daemon.status.DrainAnswer;
import io.trunkline.routing.Plural;
import picocli.CommandLine.Command;

@Command(
    name = "drain",
    header = "Take this node out of service without stopping it.",
    description = {
      "Hands its VIPs over to other nodes and ends the sessions through them. Then the node takes"
          + " no new sessions. Sessions that did not come through a VIP go on. With --vip only that"
          + " VIP is handed over.",
      "The drain lasts until undrain or until the daemon is restarted. The command can be repeated."
    })
final class DrainCommand extends DrainRequest {
  DrainCommand(Console console) {
    super(console, "drain");
  }

  @Override
  String words(DrainAnswer answer) {
    if (answer.drain().node()) {
      String sessions = Plural.of(answer.drain().sessions(), "session goes on", "sessions go on");
      return answer.changed()
          ? "drained: no new sessions, VIPs are handed over; " + sessions
          : "drained already, by %s since %s; %s"
              .formatted(answer.drain().by(), answer.drain().since(), sessions);
    }
    String vip = vip().orElse("");
    return answer.changed()
        ? "VIP " + vip + " is handed over and kept away from this node"
        : "VIP " + vip + " is kept away from this node already";
  }
}
