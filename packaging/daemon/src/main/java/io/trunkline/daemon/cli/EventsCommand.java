package io.trunkline.daemon.cli;

import io.trunkline.daemon.status.EventsReport;
import io.trunkline.daemon.status.EventsReport.EventReport;
import io.trunkline.daemon.status.StatusJson;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "events",
    header = "Print the last events, and follow new ones.",
    description = {
      "One event per line, the oldest first: local time, severity, name and fields. The daemon"
          + " keeps the last 1000 events since its start; the journal has older ones."
    })
final class EventsCommand implements Callable<Integer> {
  private static final int SHOWN = 100;
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final Console console;

  @Spec private CommandSpec spec;
  @Mixin private SocketOption socket = new SocketOption();

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      defaultValue = "" + SHOWN,
      description = "Print the last N events (default: ${DEFAULT-VALUE}).")
  private int limit = SHOWN;

  @Option(
      names = {"-f", "--follow"},
      description = "Then print new events until interrupted, also over a restart of the daemon.")
  private boolean follow;

  @Option(names = "--json", description = "As JSON, one event per line.")
  private boolean json;

  EventsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws BadConfiguration, Unreachable, IOException, InterruptedException {
    if (limit < 0) {
      throw new ParameterException(spec.commandLine(), "--limit is a number of events, 0 or more");
    }
    AdminClient client = socket.client(console.environment());
    EventsReport first = since(client, 0);
    List<EventReport> all = first.events();
    print(all.subList(Math.max(0, all.size() - limit), all.size()));
    if (follow) {
      follow(client, first);
    }
    return ExitCode.DONE;
  }

  private void follow(AdminClient client, EventsReport first) throws InterruptedException {
    EventsReport seen = first;
    boolean lost = false;
    while (!console.out().checkError()) {
      Thread.sleep(PERIOD);
      try {
        seen = next(client, seen);
        lost = false;
        print(seen.events());
      } catch (Unreachable | IOException e) {
        if (!lost) {
          console.err().println("trunkline: " + e.getMessage() + "; waiting for the daemon");
        }
        lost = true;
      }
    }
  }

  /** What follows; all there is of a daemon that has been started since. */
  private EventsReport next(AdminClient client, EventsReport seen) throws Unreachable, IOException {
    EventsReport found = since(client, seen.last());
    return found.startedAt().equals(seen.startedAt()) ? found : since(client, 0);
  }

  private EventsReport since(AdminClient client, long seq) throws Unreachable, IOException {
    return StatusJson.read(client.get("/api/v1/events?since=" + seq), EventsReport.class);
  }

  private void print(List<EventReport> events) {
    EventScreen screen = new EventScreen(console.terminalText(), ZoneId.systemDefault());
    events.forEach(
        event -> console.out().println(json ? StatusJson.write(event) : screen.render(event)));
  }
}
