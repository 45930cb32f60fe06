package io.trunkline.loadtest.takeover;

import io.trunkline.loadtest.lab.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A page of {@code docs/} whose commands are run: fenced blocks {@code sh} and {@code text}.
 *
 * @param page its text, with the machines of the lab
 */
record Walkthrough(String page) {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(sh|text)\\n(.*?)^```$");

  static Walkthrough of(String file, UserFiles lab) {
    try {
      return new Walkthrough(lab.adapt(Files.readString(Project.file("docs").resolve(file))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All commands of the section whose heading begins so. */
  String commands(String heading) {
    return String.join("", blocks(heading, "sh"));
  }

  /**
   * What its commands should print: each line somewhere in the output, in this order, where three
   * dots stand for anything in a line.
   */
  Pattern output(String heading) {
    String lines =
        String.join("", blocks(heading, "text"))
            .lines()
            .map(
                line ->
                    Pattern.compile("\\.\\.\\.")
                        .splitAsStream(line)
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*", "(?m:^", ".*$)")))
            .collect(Collectors.joining("(?s:.*)", "(?s:.*)", "(?s:.*)"));
    return Pattern.compile(lines);
  }

  private List<String> blocks(String heading, String language) {
    List<String> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(section(heading));
    while (matcher.find()) {
      if (matcher.group(1).equals(language)) {
        blocks.add(matcher.group(2));
      }
    }
    if (blocks.isEmpty()) {
      throw new IllegalArgumentException("no block " + language + " under ## " + heading);
    }
    return blocks;
  }

  private String section(String heading) {
    return Pattern.compile("(?m)^## ")
        .splitAsStream(page)
        .filter(section -> section.startsWith(heading))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no section ## " + heading));
  }
}
