package io.trunkline.daemon.cli;

import io.trunkline.config.ConfigLoader;
import io.trunkline.config.ConfigResult;
import io.trunkline.config.Problem;
import io.trunkline.daemon.status.StatusJson;
import io.trunkline.importer.ImportResult.Imported;
import io.trunkline.importer.ImportResult.Unreadable;
import io.trunkline.importer.Importer;
import io.trunkline.importer.common.Remark;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "import",
    header = "Make a configuration from files of HAProxy, keepalived, vip-manager and Patroni.",
    description = {
      "The configuration goes to standard output, and what could not be carried over, each with"
          + " file and line, to standard error; both are in the configuration as comments, too."
          + " Passwords are carried over, so treat it as the files it is made from.",
      "Files are told by their content. Priorities of VRRP differ from node to node: run it on each"
          + " node with that node's keepalived.conf."
    })
final class ImportCommand implements Callable<Integer> {
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private final Console console;

  @Mixin private ImportFiles files = new ImportFiles();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the configuration there; not over a file that exists.")
  private Optional<Path> output = Optional.empty();

  @Option(names = "--force", description = "With --output: over a file that exists, too.")
  private boolean force;

  @Option(names = "--json", description = "Both as JSON, on one line of standard output.")
  private boolean json;

  ImportCommand(Console console) {
    this.console = console;
  }

  /** What {@code --json} prints. */
  record Report(String configuration, List<Told> remarks, List<Problem> problems) {}

  /** A remark in {@code --json}. */
  record Told(String kind, String file, int line, List<Integer> alsoLines, String message) {
    static Told of(Remark remark) {
      return new Told(
          remark.kind().label(),
          remark.file(),
          remark.line(),
          remark.alsoLines(),
          remark.message());
    }
  }

  @Override
  public Integer call() throws BadConfiguration, IOException {
    files.check(output, force);
    var importer = new Importer(console.environment(), hostName());
    return switch (importer.translate(files.read())) {
      case Unreadable(List<Problem> problems) -> throw new BadConfiguration(problems);
      case Imported imported -> {
        print(imported);
        yield ExitCode.DONE;
      }
    };
  }

  private void print(Imported imported) throws IOException {
    Path file = output.orElse(Path.of("trunkline.yaml"));
    if (output.isPresent()) {
      write(file, imported.yaml());
    }
    List<Problem> problems = problems(file, imported.yaml());
    if (json) {
      var report =
          new Report(imported.yaml(), imported.remarks().stream().map(Told::of).toList(), problems);
      console.out().println(StatusJson.write(report));
      return;
    }
    if (output.isEmpty()) {
      console.out().print(imported.yaml());
    }
    imported.remarks().forEach(remark -> console.err().println(remark));
    long missing =
        imported.remarks().stream().filter(it -> it.kind() == Remark.Kind.MISSING).count();
    if (problems.isEmpty() && missing == 0) {
      console.err().println("trunkline check: good on this machine");
    } else if (problems.isEmpty()) {
      console
          .err()
          .println(
              "trunkline check finds no mistake, but %s marked missing: fill in what is meant"
                  .formatted(missing == 1 ? "1 line above is" : missing + " lines above are"));
    } else {
      console.err().println("trunkline check would say on this machine:");
      problems.forEach(problem -> console.err().println(problem));
    }
  }

  /** It may hold secrets. Of a file that exists, owner and mode stay. */
  private void write(Path file, String text) throws IOException {
    if (!(force && Files.exists(file))) {
      try {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
      } catch (FileAlreadyExistsException e) {
        throw new IOException(file + " exists; name another file, or say --force", e);
      } catch (IOException e) {
        throw new IOException(file + " cannot be written: " + e, e);
      }
    }
    Files.writeString(file, text);
  }

  private List<Problem> problems(Path file, String yaml) {
    return switch (new ConfigLoader(console.environment()).load(file, yaml)) {
      case ConfigResult.Valid _ -> List.of();
      case ConfigResult.Invalid(List<Problem> problems) -> problems;
    };
  }

  private static String hostName() {
    try {
      return Files.readString(HOST_NAME).strip();
    } catch (IOException e) {
      return "localhost";
    }
  }
}
