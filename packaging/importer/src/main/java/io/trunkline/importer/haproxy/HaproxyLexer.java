package io.trunkline.importer.haproxy;

import io.trunkline.importer.common.ImportSource;
import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Place;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Unparsable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts haproxy.cfg into words, with its rules of quoting, escaping and environment variables
 * (HAProxy Configuration Manual, sections 2.2 and 2.3).
 */
final class HaproxyLexer {
  private static final Pattern VARIABLE =
      Pattern.compile(
          "\\$(?:\\{([A-Za-z_][A-Za-z0-9_]*)(?:\\[\\*\\])?(?:-([^}]*))?\\}|([A-Za-z_][A-Za-z0-9_]*))");
  private static final Pattern HEX = Pattern.compile("[0-9A-Fa-f]{2}");

  private final Map<String, String> environment;

  /** The lines that define variables, which count where one is inserted. */
  private final Map<String, Line> definitions = new HashMap<>();

  private final Remarks remarks;

  HaproxyLexer(Map<String, String> environment, Remarks remarks) {
    this.environment = new HashMap<>(environment);
    this.remarks = remarks;
  }

  /** The lines that have words. */
  List<Line> lines(ImportSource source) throws Unparsable {
    List<Line> lines = new ArrayList<>();
    int number = 0;
    for (String text : source.text().split("\r?\n", -1)) {
      number++;
      var line = new Line(source.at(number), words(source.at(number), text));
      if (line.words().isEmpty()) {
        continue;
      }
      lines.add(line);
      boolean defines =
          line.begins("setenv")
              || (line.begins("presetenv") && !environment.containsKey(line.word(1)));
      if (defines && line.words().size() > 2) {
        environment.put(line.word(1), line.word(2));
        definitions.put(line.word(1), line);
      }
    }
    return lines;
  }

  private List<String> words(Place at, String text) throws Unparsable {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    int quotedFrom = -1;
    char quote = 0;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (quote == 0 && (c == ' ' || c == '\t')) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
          inWord = false;
        }
        i++;
        continue;
      }
      if (quote == 0 && c == '#') {
        break;
      }
      inWord = true;
      if (c == quote) {
        quote = 0;
        i++;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
        quotedFrom = i;
        i++;
      } else if (c == '\\' && quote != '\'') {
        i += escape(text, i, quote, word);
      } else if (c == '$' && quote == '"') {
        i += variable(at, text, i, word);
      } else {
        word.append(c);
        i++;
      }
    }
    if (quote != 0) {
      throw new Unparsable(
          at, quotedFrom + 1, "the quote that begins here is never closed on this line");
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }

  /** Returns how many characters the escape has. */
  private static int escape(String text, int at, char quote, StringBuilder word) {
    if (at + 1 == text.length()) {
      word.append('\\');
      return 1;
    }
    char next = text.charAt(at + 1);
    switch (next) {
      case 'n' -> word.append('\n');
      case 'r' -> word.append('\r');
      case 't' -> word.append('\t');
      case ' ', '\t', '\\', '#', '"', '\'' -> word.append(next);
      case '$' -> word.append(quote == '"' ? "$" : "\\$");
      case 'x' -> {
        Matcher hex = HEX.matcher(text).region(at + 2, text.length());
        if (hex.lookingAt()) {
          word.append((char) Integer.parseInt(hex.group(), 16));
          return 4;
        }
        word.append("\\x");
      }
      default -> word.append('\\').append(next);
    }
    return 2;
  }

  private int variable(Place at, String text, int from, StringBuilder word) {
    Matcher variable = VARIABLE.matcher(text).region(from, text.length());
    if (!variable.lookingAt()) {
      word.append('$');
      return 1;
    }
    String name = variable.group(1) == null ? variable.group(3) : variable.group(1);
    String value = environment.get(name);
    if (value != null) {
      word.append(value);
      Optional.ofNullable(definitions.get(name)).ifPresent(line -> line.takeFirst(3));
    } else if (variable.group(2) != null) {
      word.append(variable.group(2));
    } else {
      word.append("${").append(name).append('}');
      remarks.missing(
          at,
          "environment variable %s: it is not defined here; define it for Trunkline too,"
              + " or write its value",
          name);
    }
    return variable.end() - from;
  }
}
