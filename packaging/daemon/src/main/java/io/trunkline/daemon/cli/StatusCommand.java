package io.trunkline.daemon.cli;

import io.trunkline.daemon.status.StatusJson;
import io.trunkline.daemon.status.StatusReport;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    header = "Show the primary and why, the members, VIPs and listeners.",
    description = {"Asks the running daemon over its control socket."})
final class StatusCommand implements Callable<Integer> {
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final Console console;

  @Mixin private SocketOption socket = new SocketOption();

  @Option(names = "--json", description = "As JSON, on one line.")
  private boolean json;

  @Option(names = "--watch", description = "Repeat every second until interrupted.")
  private boolean watch;

  StatusCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws BadConfiguration, Unreachable, IOException, InterruptedException {
    AdminClient client = socket.client(console.environment());
    if (!watch) {
      console.out().print(shown(client));
    } else if (json || !console.terminal()) {
      watch(client, text -> console.out().print(text));
    } else {
      watchOnScreen(client);
    }
    return ExitCode.DONE;
  }

  /** An interrupt ends the process, so the screen is given back on the way out. */
  private void watchOnScreen(AdminClient client) throws InterruptedException {
    try (WatchScreen screen = new WatchScreen(console.out(), WatchScreen::terminalRows)) {
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(screen::close));
      watch(client, screen::draw);
    }
  }

  private void watch(AdminClient client, Consumer<String> show) throws InterruptedException {
    while (!console.out().checkError()) {
      shownOrWhyNot(client).ifPresent(show);
      console.out().flush();
      Thread.sleep(PERIOD);
    }
  }

  /** Those who read JSON are told on standard error why there is none. */
  private Optional<String> shownOrWhyNot(AdminClient client) {
    try {
      return Optional.of(shown(client));
    } catch (Unreachable | IOException e) {
      String sentence = "trunkline: " + e.getMessage();
      if (json) {
        console.err().println(sentence);
        return Optional.empty();
      }
      return Optional.of(sentence + System.lineSeparator());
    }
  }

  private String shown(AdminClient client) throws Unreachable, IOException {
    String body = client.get("/api/v1/status");
    if (json) {
      return body.strip() + System.lineSeparator();
    }
    return new StatusScreen(console.terminalText())
        .render(StatusJson.read(body, StatusReport.class));
  }
}
