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
 * @param arguments which script, protocol and number of clients
 */
record Pgbench(List<String> arguments) implements Load {
  private static final Pattern DONE =
      Pattern.compile("number of transactions actually processed: (\\d+)");
  private static final Pattern LATENCY = Pattern.compile("latency average = ([0-9.]+) ms");
  private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+) ");

  static Pgbench of(String... arguments) {
    return new Pgbench(List.of(arguments));
  }

  @Override
  public Sample run(Contender contender, double seconds) throws IOException, InterruptedException {
    Processor before = Processor.now(contender);
    String output = output(contender, seconds, arguments);
    Processor taken = Processor.now(contender).since(before);
    return taken.each(
        Sample.of(Figure.THROUGHPUT, number(RATE, output))
            .with(Figure.MEAN, number(LATENCY, output) * 1000),
        number(DONE, output));
  }

  /** What pgbench prints when it has run for so long, of whole seconds. */
  static String output(Contender contender, double seconds, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(LocalPostgres.program("pgbench").toString()));
    command.addAll(List.of("-n", "-h", contender.address(), "-U", "postgres"));
    command.addAll(List.of("-p", Integer.toString(contender.postgres())));
    command.addAll(List.of("-T", Long.toString(Math.max(1, Math.round(seconds)))));
    command.addAll(arguments);
    command.add("postgres");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(contender.way().encryption().environment());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new LabException(contender.way().title() + ": pgbench failed:\n" + output);
    }
    return output;
  }

  private static double number(Pattern pattern, String output) {
    Matcher matcher = pattern.matcher(output);
    if (!matcher.find()) {
      throw new LabException("pgbench did not say " + pattern + ":\n" + output);
    }
    return Double.parseDouble(matcher.group(1));
  }
}
