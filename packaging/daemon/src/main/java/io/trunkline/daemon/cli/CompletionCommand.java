package io.trunkline.daemon.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code trunkline generate-completion}: the package's build asks for it, people need not. */
@Command(
    name = "generate-completion",
    hidden = true,
    header = "Print a script that completes commands and options in bash and zsh.")
final class CompletionCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec spec;

  CompletionCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    console.out().print(AutoComplete.bash("trunkline", spec.root().commandLine()));
    return ExitCode.DONE;
  }
}
