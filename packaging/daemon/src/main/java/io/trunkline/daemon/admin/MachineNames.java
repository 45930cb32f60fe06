package io.trunkline.daemon.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What this machine is called, as far as its files tell: the host name, alone and in each search
 * domain, and what {@code /etc/hosts} has beside it. The name service is not asked.
 */
final class MachineNames {
  private MachineNames() {}

  /**
   * Reads these files; one that cannot be read tells nothing.
   *
   * @param root where they are, {@code /} but for tests
   */
  static Set<String> read(Path root) {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (String line : lines(root.resolve("proc/sys/kernel/hostname"))) {
      String host = line.strip();
      if (!host.isEmpty()) {
        String label = host.split("\\.", 2)[0];
        names.add(host);
        names.add(label);
        names.addAll(besides(Set.copyOf(names), lines(root.resolve("etc/hosts"))));
        searched(lines(root.resolve("etc/resolv.conf")))
            .forEach(domain -> names.add(label + "." + domain));
      }
    }
    return names;
  }

  /** The names of those lines of {@code /etc/hosts} that have one of these. */
  private static Set<String> besides(Set<String> known, List<String> hosts) {
    Set<String> found = new TreeSet<>();
    for (String line : hosts) {
      List<String> words = words(line);
      List<String> names = words.subList(Math.min(1, words.size()), words.size());
      if (names.stream().anyMatch(name -> known.stream().anyMatch(name::equalsIgnoreCase))) {
        found.addAll(names);
      }
    }
    return found;
  }

  /**
   * The domains of the last line with {@code search} or {@code domain}, as resolv.conf(5) has it.
   */
  private static List<String> searched(List<String> resolver) {
    List<String> domains = List.of();
    for (String line : resolver) {
      List<String> words = words(line);
      if (!words.isEmpty() && Set.of("search", "domain").contains(words.getFirst())) {
        domains = words.subList(1, words.size());
      }
    }
    return domains;
  }

  private static List<String> words(String line) {
    return Arrays.stream(line.replaceFirst("[#;].*", "").strip().split("\\s+"))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return Collections.emptyList();
    }
  }
}
