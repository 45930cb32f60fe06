package io.trunkline.daemon.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code trunkline cluster}, which does nothing without a command of its own. */
@Command(
    name = "cluster",
    header = "Confirm a decision about a cluster.",
    synopsisSubcommandLabel = "COMMAND")
final class ClusterCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing: accept");
  }
}
