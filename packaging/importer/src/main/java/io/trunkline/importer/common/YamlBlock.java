package io.trunkline.importer.common;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A mapping of the file that is being written, with comments, in the order it was filled. */
public final class YamlBlock {
  private static final int WIDTH = 100;
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z0-9_/]([A-Za-z0-9_./-]|:(?![:]))*(?<![:])");
  private static final Set<String> NULLS = Set.of("null", "Null", "NULL");

  private final List<Line> lines = new ArrayList<>();

  private sealed interface Line {}

  private record Comment(String text) implements Line {}

  private record Scalar(String key, String value) implements Line {}

  private record Nested(String key, YamlBlock block) implements Line {}

  private record Items(String key, List<YamlBlock> blocks) implements Line {}

  boolean isEmpty() {
    return lines.stream().allMatch(Comment.class::isInstance);
  }

  /** Lines of comment before what comes next; of an empty text, an empty line. */
  public YamlBlock comment(String text) {
    lines.add(new Comment(Text.printable(text)));
    return this;
  }

  public YamlBlock put(String key, String text) {
    lines.add(new Scalar(key, scalar(text)));
    return this;
  }

  /** For what may hold anything, such as a password. */
  public YamlBlock putLiteral(String key, String text) {
    lines.add(new Scalar(key, scalar(text.replace("${", "$${"))));
    return this;
  }

  public YamlBlock put(String key, List<String> texts) {
    lines.add(
        new Scalar(
            key,
            texts.stream().map(YamlBlock::scalar).collect(Collectors.joining(", ", "[", "]"))));
    return this;
  }

  public YamlBlock put(String key, Map<String, Integer> numbers) {
    lines.add(
        new Scalar(
            key,
            numbers.entrySet().stream()
                .map(entry -> scalar(entry.getKey()) + ": " + entry.getValue())
                .collect(Collectors.joining(", ", "{", "}"))));
    return this;
  }

  /** Nothing is written of an empty block. */
  public YamlBlock put(String key, YamlBlock block) {
    if (!block.isEmpty()) {
      lines.add(new Nested(key, block));
    }
    return this;
  }

  public YamlBlock putItems(String key, List<YamlBlock> blocks) {
    lines.add(new Items(key, List.copyOf(blocks)));
    return this;
  }

  /** Everything that is in another block. */
  public YamlBlock putAll(YamlBlock other) {
    lines.addAll(other.lines);
    return this;
  }

  public String render() {
    StringBuilder out = new StringBuilder();
    write(out, "");
    return out.toString();
  }

  private void write(StringBuilder out, String indent) {
    for (Line line : lines) {
      switch (line) {
        case Comment(String text) -> wrap(out, indent + "# ", text);
        case Scalar(String key, String value) ->
            out.append(indent).append(key).append(": ").append(value).append('\n');
        case Nested(String key, YamlBlock block) -> {
          out.append(indent).append(key).append(":\n");
          block.write(out, indent + "  ");
        }
        case Items(String key, List<YamlBlock> blocks) -> {
          out.append(indent).append(key).append(":\n");
          blocks.forEach(block -> block.writeItem(out, indent + "  "));
        }
      }
    }
  }

  /** The comments before the first key stand above the dash. */
  private void writeItem(StringBuilder out, String indent) {
    int first = 0;
    while (lines.get(first) instanceof Comment(String text)) {
      wrap(out, indent + "# ", text);
      first++;
    }
    var rest = new YamlBlock();
    rest.lines.addAll(lines.subList(first, lines.size()));
    StringBuilder item = new StringBuilder();
    rest.write(item, indent + "  ");
    out.append(indent).append("- ").append(item.substring(indent.length() + 2));
  }

  private static void wrap(StringBuilder out, String prefix, String text) {
    if (text.isEmpty()) {
      out.append('\n');
      return;
    }
    // What a line is too short for goes on below, as far in as the line and a little further.
    String further = prefix + " ".repeat(text.length() - text.stripLeading().length());
    String start = prefix;
    String rest = text;
    while (start.length() + rest.length() > WIDTH) {
      int blank = rest.lastIndexOf(' ', WIDTH - start.length());
      int cut = rest.substring(0, Math.max(blank, 0)).isBlank() ? -1 : blank;
      if (cut < 0) {
        cut = rest.indexOf(' ', WIDTH - start.length());
      }
      if (cut < 0) {
        break;
      }
      out.append(start).append(rest, 0, cut).append('\n');
      start = further.equals(prefix) ? prefix : further + "  ";
      rest = rest.substring(cut + 1);
    }
    out.append(start).append(rest).append('\n');
  }

  /** The text as it is; <code>${NAME}</code> stays a reference to the environment. */
  private static String scalar(String text) {
    return PLAIN.matcher(text).matches() && !NULLS.contains(text) ? text : quoted(text);
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                out.append('\\').appendCodePoint(c);
              } else if (c >= 0x20 && c < 0x7f) {
                out.appendCodePoint(c);
              } else {
                out.append(String.format(Locale.ROOT, c > 0xffff ? "\\U%08X" : "\\u%04X", c));
              }
            });
    return out.append('"').toString();
  }
}
