package io.trunkline.daemon.cli;

import io.trunkline.daemon.status.StatusJson;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code trunkline cluster accept}. */
@Command(
    name = "accept",
    header = "Accept a leader that is on an older timeline.",
    description = {
      "When the leader key goes back to a member on an older timeline than one already seen, that"
          + " member lacks transactions that were committed on the newer timeline. Writes are held"
          + " until this command accepts the member as the primary.",
      "Run it on every proxy node: each node keeps its own record."
    })
final class AcceptCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private SocketOption socket = new SocketOption();

  @Parameters(paramLabel = "NAME", description = "The cluster.")
  private String name = "";

  @Option(names = "--json", description = "As JSON, on one line.")
  private boolean json;

  AcceptCommand(Console console) {
    this.console = console;
  }

  /** What {@code --json} prints. */
  record Accepted(String cluster, boolean accepted) {}

  @Override
  public Integer call() throws BadConfiguration, Unreachable, IOException {
    String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    AdminClient.Answer answer =
        socket.client(console.environment()).post("/api/v1/clusters/" + encoded + "/accept");
    if (answer.status() != 200) {
      throw new IOException("cluster " + name + ": " + answer.body().strip());
    }
    console.out().println(json ? StatusJson.write(new Accepted(name, true)) : "accepted");
    return ExitCode.DONE;
  }
}
