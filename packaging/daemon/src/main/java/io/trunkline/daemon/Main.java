package io.trunkline.daemon;

import io.trunkline.daemon.cli.Cli;
import io.trunkline.daemon.cli.Console;

/** The entry point of {@code trunkline}. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    System.exit(new Cli(Console.system()).execute(args));
  }
}
