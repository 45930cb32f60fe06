package io.trunkline.daemon.cli;

import io.trunkline.config.Problem;
import io.trunkline.importer.common.Dialect;
import io.trunkline.importer.common.ImportSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The files that {@code trunkline import} is given. */
final class ImportFiles {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description = "haproxy.cfg, keepalived.conf, vip-manager.yml, patroni.yml, in any order.")
  private List<Path> told = new ArrayList<>();

  @Option(names = "--haproxy", paramLabel = "FILE", description = "A file of HAProxy.")
  private List<Path> haproxy = new ArrayList<>();

  @Option(names = "--keepalived", paramLabel = "FILE", description = "A file of keepalived.")
  private List<Path> keepalived = new ArrayList<>();

  @Option(names = "--vip-manager", paramLabel = "FILE", description = "A file of vip-manager.")
  private List<Path> vipManager = new ArrayList<>();

  @Option(names = "--patroni", paramLabel = "FILE", description = "A file of Patroni.")
  private List<Path> patroni = new ArrayList<>();

  /** Refuses a command line that makes no sense. */
  void check(Optional<Path> output, boolean force) {
    if (all().isEmpty()) {
      throw new ParameterException(spec.commandLine(), "which file? Name one at least");
    }
    if (force && output.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--force needs --output FILE");
    }
  }

  /** Reads all of them, or says of all that cannot be read why. */
  List<ImportSource> read() throws BadConfiguration {
    List<ImportSource> sources = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (Named named : all()) {
      try {
        sources.add(new ImportSource(named.file.toString(), text(named.file), named.dialect));
      } catch (IOException e) {
        problems.add(new Problem(named.file.toString(), 0, 0, "", because(e)));
      }
    }
    if (!problems.isEmpty()) {
      throw new BadConfiguration(problems);
    }
    return sources;
  }

  private record Named(Path file, Optional<Dialect> dialect) {}

  private List<Named> all() {
    List<Named> all = new ArrayList<>();
    told.forEach(file -> all.add(new Named(file, Optional.empty())));
    haproxy.forEach(file -> all.add(new Named(file, Optional.of(Dialect.HAPROXY))));
    keepalived.forEach(file -> all.add(new Named(file, Optional.of(Dialect.KEEPALIVED))));
    vipManager.forEach(file -> all.add(new Named(file, Optional.of(Dialect.VIP_MANAGER))));
    patroni.forEach(file -> all.add(new Named(file, Optional.of(Dialect.PATRONI))));
    return all;
  }

  /** One character beyond the largest is enough to see that it is too large. */
  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(4 * ImportSource.LARGEST + 4);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    }
  }

  private static String because(IOException failure) {
    return switch (failure) {
      case NoSuchFileException missing -> "does not exist";
      case CharacterCodingException encoding -> "is not UTF-8 text";
      default ->
          "cannot be read: " + Optional.ofNullable(failure.getMessage()).orElse(failure.toString());
    };
  }
}
