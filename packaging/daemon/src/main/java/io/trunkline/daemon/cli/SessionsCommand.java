package io.trunkline.daemon.cli;

import io.trunkline.daemon.status.SessionsReport;
import io.trunkline.daemon.status.StatusJson;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "sessions",
    header = "List sessions, or end them.",
    description = {
      "Asks the running daemon over its control socket. A session must meet all conditions.",
      "User, database and application_name are '-' where Trunkline cannot see them, for example"
          + " where TLS is passed through."
    })
final class SessionsCommand implements Callable<Integer> {
  private static final int SHOWN = 100;

  private final Console console;

  @Spec private CommandSpec spec;
  @Mixin private SocketOption socket = new SocketOption();
  @Mixin private SessionConditions conditions = new SessionConditions();

  @Option(names = "--json", description = "As JSON, on one line.")
  private boolean json;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "" + SHOWN,
      description = "List at most N sessions, the oldest (default: ${DEFAULT-VALUE}).")
  private int limit = SHOWN;

  @Option(
      names = "--end",
      description = "End these sessions. Their clients get 57P01 if it can be sent.")
  private boolean end;

  @Option(names = "--all", description = "With --end and no condition: every session.")
  private boolean all;

  SessionsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws BadConfiguration, Unreachable, IOException {
    if (end && conditions.query().isEmpty() != all) {
      throw new ParameterException(
          spec.commandLine(),
          all
              ? "--all means every session: use either --all or conditions"
              : "--end needs at least one condition, such as --user, or --all");
    }
    if (all && !end) {
      throw new ParameterException(spec.commandLine(), "--all is only used with --end");
    }
    AdminClient client = socket.client(console.environment());
    return end ? end(client) : list(client);
  }

  private int list(AdminClient client) throws Unreachable, IOException {
    String query = conditions.query();
    String body =
        client.ask("/api/v1/sessions?limit=" + limit + (query.isEmpty() ? "" : "&" + query)).good();
    if (json) {
      console.out().println(body);
    } else {
      console
          .out()
          .print(
              new SessionsScreen(console.terminalText())
                  .render(StatusJson.read(body, SessionsReport.class)));
    }
    return ExitCode.DONE;
  }

  private int end(AdminClient client) throws Unreachable, IOException {
    String body =
        client.post("/api/v1/sessions/end?" + (all ? "all=true" : conditions.query())).good();
    if (json) {
      console.out().println(body);
    } else {
      String count = body.replaceAll("\\D", "");
      console.out().println("ended " + count + (count.equals("1") ? " session" : " sessions"));
    }
    return ExitCode.DONE;
  }
}
