package io.trunkline.daemon.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code trunkline} itself, which does nothing without a command. */
@Command(
    name = "trunkline",
    description = {
      "One daemon in front of a PostgreSQL cluster that Patroni manages: it routes sessions to the"
          + " primary and the replicas, ends sessions on a superseded primary, and holds virtual"
          + " addresses."
    },
    synopsisSubcommandLabel = "COMMAND",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nFiles:%n",
    footer = {
      "  /etc/trunkline/trunkline.yaml  the configuration",
      "  /run/trunkline/admin.sock      the control socket",
      "  /var/lib/trunkline             state that is kept over a restart"
    })
final class TrunklineCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Print this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print the version and exit.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean version;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing, such as run, check or status");
  }
}
