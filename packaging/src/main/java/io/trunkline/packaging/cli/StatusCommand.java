package io.trunkline.packaging.cli;

import io.trunkline.packaging.status.StatusJson;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code trunkline status}. */
@Command(
    name = "status",
    header = "Say who is the primary and why, and how everything fares.",
    description = {"Asks the running daemon over its control socket."})
final class StatusCommand implements Callable<Integer> {
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final String CLEAR = "\u001b[H\u001b[2J";

  private final Console console;

  @Mixin private SocketOption socket = new SocketOption();

  @Option(names = "--json", description = "As JSON, on one line.")
  private boolean json;

  @Option(names = "--watch", description = "Again every second, until interrupted.")
  private boolean watch;

  StatusCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws BadConfiguration, Unreachable, IOException, InterruptedException {
    AdminClient client = socket.client(console.environment());
    if (!watch) {
      console.out().print(shown(client));
      return ExitCode.DONE;
    }
    while (!console.out().checkError()) {
      String screen = shownOrWhyNot(client);
      console.out().print(console.terminal() && !json ? CLEAR + screen : screen);
      console.out().flush();
      Thread.sleep(PERIOD);
    }
    return ExitCode.DONE;
  }

  private String shownOrWhyNot(AdminClient client) throws IOException {
    try {
      return shown(client);
    } catch (Unreachable e) {
      return "trunkline: " + e.getMessage() + System.lineSeparator();
    }
  }

  private String shown(AdminClient client) throws Unreachable, IOException {
    String body = client.get("/api/v1/status");
    if (json) {
      return body.strip() + System.lineSeparator();
    }
    return new StatusScreen(new Ink(console.terminal())).render(new StatusJson().read(body));
  }
}
