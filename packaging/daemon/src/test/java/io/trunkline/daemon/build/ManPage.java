package io.trunkline.daemon.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A manual of {@code docs/} as a page for man(1), in the macros of groff_man(7). It takes the
 * Markdown that these manuals are written in: headings, paragraphs, code, lists and tables. A table
 * becomes a list of its first column, since a terminal is too narrow for it.
 */
public final class ManPage {
  private static final Pattern CELL = Pattern.compile("(?<!\\\\)\\|");

  private final StringBuilder page = new StringBuilder();
  private final Deque<String> lines;

  private ManPage(List<String> lines) {
    this.lines = new ArrayDeque<>(lines);
  }

  /** {@code ManPage docs/cli.md trunkline 1 1.2.3 "what it is"} prints the page. */
  public static void main(String[] args) throws IOException {
    System.out.print(
        render(Files.readString(Path.of(args[0])), args[1], args[2], args[3], args[4]));
  }

  /** The page of that name and section of the manual. */
  static String render(
      String markdown, String name, String section, String version, String purpose) {
    ManPage page = new ManPage(markdown.lines().toList());
    page.page.append(
        """
        .TH %s %s "" "Trunkline %s" "Trunkline"
        .SH NAME
        %s \\- %s
        .SH DESCRIPTION
        """
            .formatted(name.toUpperCase(java.util.Locale.ROOT), section, version, name, purpose));
    while (!page.lines.isEmpty()) {
      page.block();
    }
    return page.page.toString();
  }

  private void block() {
    String line = lines.removeFirst();
    if (line.startsWith("# ") || line.isBlank()) {
      return;
    }
    if (line.startsWith("## ")) {
      page.append(".SH ").append(inline(line.substring(3))).append('\n');
    } else if (line.startsWith("### ")) {
      page.append(".SS ").append(inline(line.substring(4))).append('\n');
    } else if (line.startsWith("```")) {
      fenced();
    } else if (line.startsWith("    ")) {
      indented(line);
    } else if (line.startsWith("|")) {
      table(line);
    } else if (line.startsWith("- ")) {
      page.append(".IP \\(bu 2\n").append(text(rest(line.substring(2)))).append('\n');
    } else {
      page.append(".PP\n").append(text(rest(line))).append('\n');
    }
  }

  /** The lines of one paragraph or list item, joined. */
  private String rest(String first) {
    StringBuilder joined = new StringBuilder(first);
    while (!lines.isEmpty() && continues(lines.peekFirst())) {
      joined.append(' ').append(lines.removeFirst().strip());
    }
    return joined.toString();
  }

  private static boolean continues(String line) {
    return !line.isBlank() && !line.matches("(#|```|\\||- ).*");
  }

  private void fenced() {
    List<String> code = new ArrayList<>();
    while (!lines.isEmpty() && !lines.peekFirst().startsWith("```")) {
      code.add(lines.removeFirst());
    }
    lines.pollFirst();
    code(code);
  }

  private void indented(String first) {
    List<String> code = new ArrayList<>(List.of(first.substring(4)));
    while (!lines.isEmpty() && lines.peekFirst().startsWith("    ")) {
      code.add(lines.removeFirst().substring(4));
    }
    code(code);
  }

  private void code(List<String> code) {
    page.append(".PP\n.RS 4\n.nf\n");
    code.forEach(line -> page.append(guarded(escaped(line))).append('\n'));
    page.append(".fi\n.RE\n");
  }

  private void table(String first) {
    List<String> heads = cells(first);
    lines.removeFirst();
    while (!lines.isEmpty() && lines.peekFirst().startsWith("|")) {
      List<String> row = cells(lines.removeFirst());
      page.append(".TP\n").append(text(row.getFirst())).append('\n');
      List<String> told = new ArrayList<>();
      for (int i = 1; i < row.size(); i++) {
        if (!row.get(i).isBlank()) {
          boolean labelled = i < row.size() - 1;
          told.add(labelled ? heads.get(i) + ": " + row.get(i) + "." : row.get(i));
        }
      }
      page.append(text(String.join(" ", told))).append('\n');
    }
  }

  private static List<String> cells(String row) {
    String inner = row.strip();
    inner = inner.substring(1, inner.length() - (inner.endsWith("|") ? 1 : 0));
    return CELL.splitAsStream(inner).map(cell -> cell.strip().replace("\\|", "|")).toList();
  }

  private static String text(String markdown) {
    return guarded(inline(markdown));
  }

  /** Bold, code and links; a link to another manual is its text. */
  private static String inline(String markdown) {
    return escaped(markdown)
        .replaceAll("\\[([^\\]]+)]\\([^)]*\\)", "$1")
        .replaceAll("\\*\\*([^*]+)\\*\\*", "\\\\fB$1\\\\fR")
        .replaceAll("`([^`]+)`", "\\\\fB$1\\\\fR");
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-");
  }

  /** A line that begins with a dot or a quote would be a request. */
  private static String guarded(String line) {
    return line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line;
  }
}
