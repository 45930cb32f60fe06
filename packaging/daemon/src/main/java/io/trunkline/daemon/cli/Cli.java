package io.trunkline.daemon.cli;

import io.trunkline.daemon.app.Build;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: one command in, one exit code out. */
public final class Cli {
  private final Console console;

  public Cli(Console console) {
    this.console = console;
  }

  /** Runs that command. */
  public int execute(String... args) {
    Build build = Build.current();
    CommandLine line =
        new CommandLine(new TrunklineCommand())
            .addSubcommand(new RunCommand(console, build))
            .addSubcommand(new CheckCommand(console))
            .addSubcommand(new StatusCommand(console))
            .addSubcommand(new SessionsCommand(console))
            .addSubcommand(new EventsCommand(console))
            .addSubcommand(new DrainCommand(console))
            .addSubcommand(new UndrainCommand(console))
            .addSubcommand(
                new CommandLine(new ClusterCommand()).addSubcommand(new AcceptCommand(console)))
            .addSubcommand(new ReloadCommand(console))
            .addSubcommand(new UpgradeCommand(console))
            .addSubcommand(new ImportCommand(console))
            .addSubcommand(new VersionCommand(console, build))
            .addSubcommand(new CompletionCommand(console));
    line.setOut(console.out())
        .setErr(console.err())
        .setColorScheme(CommandLine.Help.defaultColorScheme(console.colours() ? Ansi.ON : Ansi.OFF))
        .setParameterExceptionHandler(this::misused)
        .setExecutionExceptionHandler((failure, _, _) -> failed(failure));
    line.getCommandSpec().version(VersionCommand.sentence(build));
    describeExitCodes(line);
    int code = line.execute(args);
    console.out().flush();
    console.err().flush();
    return code;
  }

  private int misused(CommandLine.ParameterException misuse, String[] args) {
    CommandLine line = misuse.getCommandLine();
    complain(misuse.getMessage());
    UnmatchedArgumentException.printSuggestions(misuse, console.err());
    console.err().println("Try '" + line.getCommandSpec().qualifiedName() + " --help' for help.");
    return ExitCode.USAGE;
  }

  private int failed(Exception failure) {
    return switch (failure) {
      case BadConfiguration bad -> {
        bad.problems().forEach(problem -> console.err().println(problem));
        yield ExitCode.BAD_CONFIGURATION;
      }
      case Unreachable unreachable -> {
        complain(unreachable.getMessage());
        yield ExitCode.UNREACHABLE;
      }
      default -> {
        complain(failure.getMessage() == null ? failure.toString() : failure.getMessage());
        yield ExitCode.FAILED;
      }
    };
  }

  private void complain(String sentence) {
    console.err().println("trunkline: " + sentence);
  }

  private static void describeExitCodes(CommandLine line) {
    line.getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(ExitCode.described());
    List.copyOf(line.getSubcommands().values()).forEach(Cli::describeExitCodes);
  }
}
