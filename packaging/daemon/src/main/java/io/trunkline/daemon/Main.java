package io.trunkline.packaging;

import io.trunkline.packaging.cli.Cli;
import io.trunkline.packaging.cli.Console;

/** The entry point of {@code trunkline}. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    System.exit(new Cli(Console.system()).execute(args));
  }
}
