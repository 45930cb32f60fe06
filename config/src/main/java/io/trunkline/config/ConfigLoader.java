package io.trunkline.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Reads a configuration file. */
public final class ConfigLoader {
  /** Stands in a file for what is to be filled in by hand; nothing may be called that. */
  public static final String CHANGE_ME = "CHANGE_ME";

  private final Substitution substitution;
  private final Supplier<Machine> machine;

  /**
   * @param environment for {@code ${NAME}} substitution
   */
  public ConfigLoader(Map<String, String> environment) {
    this(environment, Machine::here);
  }

  /**
   * For files that are meant for another machine.
   *
   * @param environment for {@code ${NAME}} substitution
   * @param networkInterfaces those that VIPs may be put on
   */
  public ConfigLoader(Map<String, String> environment, Set<String> networkInterfaces) {
    this(
        environment,
        () -> {
          Machine here = Machine.here();
          return new Machine(networkInterfaces, here.hostName(), here.now());
        });
  }

  ConfigLoader(Map<String, String> environment, Supplier<Machine> machine) {
    this.substitution = new Substitution(Map.copyOf(environment));
    this.machine = machine;
  }

  /** Reads, substitutes, checks and completes the file; never throws for bad input. */
  public ConfigResult load(Path file) {
    var problems = new Problems(file.toString());
    return read(file, SourceFile.read(file, problems), problems);
  }

  /** Reads the text as if it were in that file. */
  public ConfigResult load(Path file, String text) {
    var problems = new Problems(file.toString());
    return read(file, SourceFile.printable(text, problems), problems);
  }

  private ConfigResult read(Path file, Optional<String> text, Problems problems) {
    Path directory =
        Optional.ofNullable(file.toAbsolutePath().normalize().getParent()).orElse(Path.of("/"));
    Optional<TrunklineConfig> config =
        text.flatMap(source -> YamlTree.parse(source, problems))
            .map(
                root -> {
                  var context = new Context(problems, substitution, directory, machine.get());
                  return RootReader.read(MappingReader.open(context, RootReader.KEYS, root, ""));
                });
    return config.isPresent() && problems.isEmpty()
        ? new ConfigResult.Valid(config.get())
        : new ConfigResult.Invalid(problems.sorted());
  }
}
