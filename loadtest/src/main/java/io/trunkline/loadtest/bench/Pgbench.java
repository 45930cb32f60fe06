package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.LabException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A load that pgbench makes.
 *
 * @param title for the table
 * @param arguments which script, protocol and number of clients
 */
record Pgbench(String title, List<String> arguments) {
  private static final Pattern DONE =
      Pattern.compile("number of transactions actually processed: (\\d+)");
  private static final Pattern LATENCY = Pattern.compile("latency average = ([0-9.]+) ms");
  private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+) ");

  /** Runs it through that contender for so many seconds. */
  Sample run(Contender contender, int seconds) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(LocalPostgres.program("pgbench").toString()));
    command.addAll(List.of("-n", "-h", "127.0.0.1", "-U", "postgres"));
    command.addAll(List.of("-p", Integer.toString(contender.port())));
    command.addAll(List.of("-T", Integer.toString(seconds)));
    command.addAll(arguments);
    command.add("postgres");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(contender.environment());
    double before = contender.proxy().processorSeconds();
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    double taken = contender.proxy().processorSeconds() - before;
    if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new LabException(contender.name() + ": pgbench failed:\n" + output);
    }
    return new Sample(
        number(RATE, output),
        number(LATENCY, output) * 1000,
        taken * 1_000_000 / number(DONE, output));
  }

  private static double number(Pattern pattern, String output) {
    Matcher matcher = pattern.matcher(output);
    if (!matcher.find()) {
      throw new LabException("pgbench did not say " + pattern + ":\n" + output);
    }
    return Double.parseDouble(matcher.group(1));
  }
}
