package io.trunkline.pgwire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the startup parameter {@code options} as a server process reads it: command-line arguments,
 * split at spaces that no backslash escapes (PostgreSQL: {@code pg_split_opts}, {@code
 * process_postgres_switches}; docs: "postgres").
 */
final class StartupOptions {
  /** Switches that have an argument, attached or as the next word. */
  private static final String WITH_ARGUMENT = "BCDWcdfhkNprStv-";

  private StartupOptions() {}

  /**
   * The value that the options give to that setting; of several the last counts.
   *
   * @param name in lower case; settings' names may be written in any case
   */
  static Optional<String> setting(String options, String name) {
    Optional<String> found = Optional.empty();
    List<String> words = split(options);
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.length() < 2 || word.charAt(0) != '-' || word.equals("--")) {
        return found; // here the server stops reading
      }
      int at = 1;
      while (at < word.length() && WITH_ARGUMENT.indexOf(word.charAt(at)) < 0) {
        at++;
      }
      if (at == word.length()) {
        continue; // flags alone
      }
      char letter = word.charAt(at);
      boolean attached = at + 1 < word.length();
      if (!attached && ++i == words.size()) {
        return found;
      }
      String argument = attached ? word.substring(at + 1) : words.get(i);
      int equals = argument.indexOf('=');
      if ((letter == 'c' || letter == '-')
          && equals > 0
          && argument.substring(0, equals).replace('-', '_').equalsIgnoreCase(name)) {
        found = Optional.of(argument.substring(equals + 1));
      }
    }
    return found;
  }

  private static List<String> split(String options) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean within = false;
    for (int i = 0; i < options.length(); i++) {
      char next = options.charAt(i);
      if (isSpace(next)) {
        if (within) {
          words.add(word.toString());
          word.setLength(0);
        }
        within = false;
        continue;
      }
      within = true;
      if (next == '\\' && ++i == options.length()) {
        break;
      }
      word.append(options.charAt(i));
    }
    if (within) {
      words.add(word.toString());
    }
    return words;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
