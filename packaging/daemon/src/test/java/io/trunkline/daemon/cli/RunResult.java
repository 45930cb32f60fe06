package io.trunkline.daemon.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;

/** What a command printed and ended with. */
record RunResult(int code, String out, String err) {

  /** Runs the command line with nothing in the environment and no terminal. */
  static RunResult of(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Console console = new Console(new PrintWriter(out), new PrintWriter(err), Map.of(), false);
    int code = new Cli(console).execute(args);
    return new RunResult(code, out.toString(), err.toString());
  }
}
