package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the figures were measured on, and with. */
final class Machine {
  private Machine() {}

  static Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("model", model());
    facts.put("kernel", firstLine("uname", "-r"));
    facts.put("java", Runtime.version().toString());
    facts.put("haproxy", firstLine("haproxy", "-v"));
    facts.put("pgbouncer", firstLine("pgbouncer", "--version"));
    facts.put("postgresql", firstLine(LocalPostgres.program("postgres").toString(), "--version"));
    return facts;
  }

  private static String model() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static String firstLine(String... command) {
    return Project.run(5, command).lines().findFirst().orElse("").strip();
  }
}
