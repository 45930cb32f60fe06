package io.trunkline.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * What the YAML parser choked on, in a sentence that says what to do. It never repeats text of the
 * file, which could be part of a secret.
 */
record SyntaxError(Position at, String message) {

  static SyntaxError of(MarkedYAMLException e, String text) {
    String problem = Optional.ofNullable(e.getProblem()).orElse("");
    String context = Optional.ofNullable(e.getContext()).orElse("");
    Position at = position(e.getProblemMark());
    Position begin = e.getContextMark() == null ? at : position(e.getContextMark());
    String line = text.lines().skip(at.line() - 1L).findFirst().orElse("");
    if (problem.contains("\\t(TAB)")) {
      return new SyntaxError(at, "a tab is used where YAML allows only spaces; indent with spaces");
    }
    if (context.contains("quoted scalar") && problem.contains("unexpected")) {
      return new SyntaxError(begin, "the quote that begins here is never closed");
    }
    if (context.startsWith("while parsing a flow")) {
      return line.contains("${") || line.contains("{{")
          ? new SyntaxError(at, "inside [ ] and { }, a value with { or } must be in quotes")
          : new SyntaxError(begin, flow(context, problem));
    }
    if (problem.contains("expected ':'")) {
      return new SyntaxError(begin, "expected \"key: value\" here, with a space after the colon");
    }
    return new SyntaxError(at, sentence(problem, context));
  }

  private static String flow(String context, String problem) {
    String pair = context.endsWith("sequence") ? "[ … ]" : "{ … }";
    return problem.contains("<stream end>") || problem.contains("StreamEnd")
        ? "the " + pair + " that begins here is never closed"
        : "the " + pair + " that begins here lacks a comma or its end";
  }

  private static String sentence(String problem, String context) {
    if (problem.contains("cannot start any token")) {
      return "a value cannot begin with this character; put it in quotes";
    }
    if (problem.contains("mapping values are not allowed")) {
      return "a second \": \" where none may be; put the value in quotes, or check the indentation";
    }
    if (problem.contains("sequence entries are not allowed")) {
      return "a list item (- …) may not stand here; begin the list on its own line";
    }
    if (problem.contains("<block end>") || problem.contains("<document start>")) {
      return "this line does not fit the lines above; check its indentation and quotes";
    }
    if (problem.contains("escape")) {
      return "in double quotes a backslash begins an escape and this one is unknown;"
          + " use single quotes or write \\\\";
    }
    if (context.contains("anchor") || context.contains("alias") || context.contains("tag")) {
      return "a value that begins with &, * or ! must be in quotes";
    }
    if (context.contains("directive")) {
      return "a value that begins with % must be in quotes";
    }
    if (context.contains("block scalar")) {
      return "after | or > only an indentation digit, + or - may follow;"
          + " put a value that begins with them in quotes";
    }
    return "is not valid YAML here; check the indentation, the quotes and the brackets";
  }

  private static Position position(@Nullable Mark mark) {
    return mark == null ? Position.START : new Position(mark.getLine() + 1, mark.getColumn() + 1);
  }
}
