package io.trunkline.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables of {@code docs/configuration.md}, made of the keys that the readers declare; the prose
 * around them is written by hand.
 */
public final class ConfigurationPage {
  private static final List<String> HEAD =
      List.of(
          "| Key | Type, range | Default | Meaning |", "|-----|-------------|---------|---------|");

  private ConfigurationPage() {}

  /** {@code ConfigurationPage docs/configuration.md} writes its tables anew. */
  public static void main(String[] args) throws IOException {
    Path page = Path.of(args[0]);
    Files.writeString(page, with(Files.readString(page)));
  }

  /** That page with the tables of today, each below the heading of its section. */
  static String with(String page) {
    Map<String, Section<?>> missing =
        RootReader.KEYS
            .all()
            .collect(
                Collectors.toMap(ConfigurationPage::heading, it -> it, (a, b) -> a, TreeMap::new));
    List<String> lines = new ArrayList<>();
    String heading = "";
    boolean inTable = false;
    for (String line : page.lines().toList()) {
      heading = line.startsWith("## ") ? line : heading;
      inTable = line.equals(HEAD.getFirst()) || (inTable && line.startsWith("|"));
      if (line.equals(HEAD.getFirst())) {
        lines.addAll(table(missing.remove(heading)));
      } else if (!inTable) {
        lines.add(line);
      }
    }
    if (!missing.isEmpty()) {
      throw new IllegalStateException("no table below " + missing.keySet());
    }
    return String.join("\n", lines) + "\n";
  }

  static String heading(Section<?> section) {
    return "## `" + (section.path().isEmpty() ? "(top level)" : section.path()) + "`";
  }

  private static List<String> table(Section<?> section) {
    return Stream.concat(HEAD.stream(), section.keys().stream().map(Key::row)).toList();
  }
}
