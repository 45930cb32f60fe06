package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.Project;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A process of the small C program in {@code loadtest/bench}: clients that cost little, so that the
 * proxy is what is measured. It prints its figures as {@code name=value}.
 */
final class Peer implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  private final Process process;
  private final BufferedReader output;

  private Peer(Process process) {
    this.process = process;
    this.output = process.inputReader();
  }

  static Path program() {
    Path program = Project.file("loadtest/bench/target/peer");
    if (!Files.isExecutable(program)) {
      throw new LabException("there is no " + program + " (run loadtest/bench/prepare.sh)");
    }
    return program;
  }

  /**
   * @param prefix of the command, to enter a network namespace
   * @param command {@code ping}, {@code out} and so on
   */
  static Peer start(List<String> prefix, String command, Contender contender, List<String> options)
      throws IOException {
    List<String> all = new ArrayList<>(Leftovers.BOUND_TO_US);
    all.addAll(prefix);
    all.addAll(
        List.of(
            program().toString(),
            command,
            contender.address(),
            Integer.toString(contender.fake())));
    all.addAll(options);
    all.addAll(contender.way().encryption().peerOptions());
    return new Peer(new ProcessBuilder(all).redirectErrorStream(true).start());
  }

  /** Starts a server, to which both certificates belong. */
  static Daemon serve(Site site, String address, int port) throws IOException {
    return Daemon.start(
        new Daemon.Launch(
            site.directory().resolve("fake-" + port + ".log"),
            List.of(
                program().toString(),
                "serve",
                address,
                Integer.toString(port),
                site.certificate("node.crt").toString(),
                site.certificate("node.key").toString()),
            Map.of(),
            address,
            List.of(port)));
  }

  /** Starts a relay to both servers. */
  static Contender relay(Site site, Way way) throws IOException {
    int postgres = Ports.free();
    int fake = Ports.free();
    List<String> command = new ArrayList<>(site.prefix());
    command.addAll(List.of(program().toString(), "relay", site.address()));
    command.addAll(route(postgres, site.postgres()));
    command.addAll(route(fake, site.fake()));
    Daemon daemon =
        Daemon.start(
            new Daemon.Launch(
                site.home(way).resolve("log"),
                command,
                Map.of(),
                site.address(),
                List.of(postgres, fake)));
    return new Contender(way, site.address(), postgres, fake, Optional.of(daemon));
  }

  private static List<String> route(int port, StubPatroni to) {
    return List.of(Integer.toString(port), to.address(), Integer.toString(to.members().getFirst()));
  }

  /** The figures of its next line. */
  Map<String, Double> figures() throws IOException {
    String line = line();
    Map<String, Double> figures = new HashMap<>();
    for (String word : line.split(" ", -1)) {
      int equals = word.indexOf('=');
      if (equals < 0) {
        throw new LabException("the load failed: " + line);
      }
      figures.put(word.substring(0, equals), Double.valueOf(word.substring(equals + 1)));
    }
    return figures;
  }

  String line() throws IOException {
    String line = output.readLine();
    if (line == null) {
      throw new LabException("the load has ended without a word: " + process.info());
    }
    return line;
  }

  /** Lets it go on to its next step. */
  void proceed() throws IOException {
    process.outputWriter().write("\n");
    process.outputWriter().flush();
  }

  void await() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new LabException("the load does not end");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
