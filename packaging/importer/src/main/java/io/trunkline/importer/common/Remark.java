package io.trunkline.importer.common;

import io.trunkline.config.Labelled;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Something that a file says and the configuration made from it does not, or says otherwise.
 *
 * @param file as the user named it
 * @param line from 1
 * @param alsoLines other lines of the file that it is said of
 * @param message what it is and why; never a secret
 */
public record Remark(Kind kind, String file, int line, List<Integer> alsoLines, String message) {
  public Remark {
    alsoLines = List.copyOf(alsoLines);
  }

  /** What a remark asks of its reader, the most urgent first. */
  public enum Kind implements Labelled {
    MISSING("needed, and not in the files: to be filled in by hand"),
    LOST("was configured, and has no counterpart"),
    CHANGED("carried over, with another meaning or value"),
    REPLACED("done by Trunkline itself, or not needed");

    private final String sentence;

    Kind(String sentence) {
      this.sentence = sentence;
    }

    /** What the word means. */
    public String sentence() {
      return sentence;
    }
  }

  /** {@code file:line: kind: message}. */
  @Override
  public String toString() {
    String also =
        alsoLines.isEmpty()
            ? ""
            : alsoLines.stream()
                .map(String::valueOf)
                .collect(
                    Collectors.joining(
                        ", ", alsoLines.size() == 1 ? " (also line " : " (also lines ", ")"));
    return "%s:%d: %s: %s%s".formatted(file, line, kind.label(), message, also);
  }
}
