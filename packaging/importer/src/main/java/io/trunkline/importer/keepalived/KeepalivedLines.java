package io.trunkline.importer.keepalived;

import io.trunkline.importer.common.ImportSource;
import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Place;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Unparsable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lines of keepalived.conf in words: comments removed, definitions ({@code $NAME=value})
 * inserted, conditional lines ({@code @id}) chosen (keepalived.conf(5)).
 */
final class KeepalivedLines {
  /** No file grows beyond this by its definitions. */
  private static final int LARGEST = 4 * ImportSource.LARGEST;

  private static final Pattern DEFINITION = Pattern.compile("\\s*\\$([A-Za-z_]\\w*)\\s*=(.*)");
  private static final Pattern USE =
      Pattern.compile("\\$(?:\\{([A-Za-z_]\\w*)\\}|([A-Za-z_]\\w*))");
  private static final Pattern CONDITION = Pattern.compile("\\s*@(\\^?)(\\S+)(.*)");

  private final ImportSource source;
  private final String configId;
  private final Remarks remarks;
  private final Map<String, String> definitions = new HashMap<>();
  private final List<Line> lines = new ArrayList<>();
  private int expanded;

  private KeepalivedLines(ImportSource source, String configId, Remarks remarks) {
    this.source = source;
    this.configId = configId;
    this.remarks = remarks;
  }

  /**
   * Braces are words.
   *
   * @param configId what {@code @id} is compared with: the first part of the host name
   */
  static List<Line> of(ImportSource source, String configId, Remarks remarks) throws Unparsable {
    var reader = new KeepalivedLines(source, configId, remarks);
    reader.read(source.text().split("\r?\n", -1));
    return reader.lines;
  }

  private void read(String[] texts) throws Unparsable {
    for (int i = 0; i < texts.length; i++) {
      Place at = source.at(i + 1);
      Matcher definition = DEFINITION.matcher(texts[i]);
      if (definition.matches()) {
        StringBuilder value = new StringBuilder(definition.group(2).strip());
        while (value.toString().endsWith("\\") && i + 1 < texts.length) {
          i++;
          value.setCharAt(value.length() - 1, '\n');
          value.append(texts[i].strip());
        }
        definitions.put(definition.group(1), expand(at, value.toString()));
        continue;
      }
      for (String line : expand(at, texts[i]).split("\n", -1)) {
        read(at, line);
      }
    }
  }

  private void read(Place at, String text) throws Unparsable {
    Matcher condition = CONDITION.matcher(text);
    String chosen = text;
    if (condition.matches()) {
      remarks.changed(
          at,
          "@: this line was read as on a node whose config-id is %s; import on the node itself",
          configId);
      boolean same = condition.group(2).equals(configId);
      if (same != condition.group(1).isEmpty()) {
        return;
      }
      chosen = condition.group(3);
    }
    List<String> words = words(chosen);
    if (!words.isEmpty()) {
      lines.add(new Line(at, words));
    }
  }

  private String expand(Place at, String text) throws Unparsable {
    Matcher use = USE.matcher(text);
    StringBuilder result = new StringBuilder();
    while (use.find()) {
      String value = definitions.get(use.group(1) == null ? use.group(2) : use.group(1));
      use.appendReplacement(result, Matcher.quoteReplacement(value == null ? use.group() : value));
      if (expanded + result.length() > LARGEST) {
        throw new Unparsable(at, "its definitions make this file larger than 4 MB");
      }
    }
    use.appendTail(result);
    expanded += result.length();
    return result.toString();
  }

  /** Where a quote is never closed, the line's end closes it. */
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote == 0 && (c == '#' || c == '!')) {
        break;
      }
      boolean brace = quote == 0 && (c == '{' || c == '}') && !isInside(text, i);
      if (quote == 0 && (Character.isWhitespace(c) || brace)) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
          inWord = false;
        }
        if (brace) {
          words.add(String.valueOf(c));
        }
      } else if (c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
        inWord = true;
      } else {
        if (c == '\\' && quote != 0 && i + 1 < text.length()) {
          i++;
        }
        word.append(text.charAt(i));
        inWord = true;
      }
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }

  /** A brace within a word belongs to it, as in <code>${NAME}</code> or a password. */
  private static boolean isInside(String text, int at) {
    boolean before = at > 0 && !Character.isWhitespace(text.charAt(at - 1));
    boolean after = at + 1 < text.length() && !Character.isWhitespace(text.charAt(at + 1));
    return before && (after || text.charAt(at) == '}');
  }
}
