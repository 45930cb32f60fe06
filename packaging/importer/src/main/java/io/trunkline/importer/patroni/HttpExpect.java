package io.trunkline.importer.patroni;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What an answer has to be like (HAProxy Configuration Manual, "http-check expect").
 *
 * @param negated whether it must not match
 */
public record HttpExpect(Test test, boolean negated, String pattern) {
  private static final int LONGEST_PATTERN = 200;
  private static final int MOST_STEPS = 100_000;
  private static final Pattern CODES = Pattern.compile("\\d{3}(-\\d{3})?(,\\d{3}(-\\d{3})?)*");

  /** What is looked at, and how. */
  public enum Test {
    STATUS,
    STATUS_REGEX,
    BODY,
    BODY_REGEX,
    /** Headers, formats and what is not known. */
    OTHER
  }

  public static final HttpExpect SUCCESS = new HttpExpect(Test.STATUS, false, "200-399");
  public static final HttpExpect UNKNOWN = new HttpExpect(Test.OTHER, false, "");

  boolean isOfBody() {
    return test == Test.BODY || test == Test.BODY_REGEX;
  }

  /**
   * Whether that answer is good; empty when nobody can say. Without a body none is, as HAProxy has
   * it.
   */
  Optional<Boolean> isMet(PatroniAnswer answer) {
    if (isOfBody() && answer.body().filter(String::isEmpty).isPresent()) {
      return Optional.of(false);
    }
    return matches(answer).map(matches -> matches != negated);
  }

  Optional<Boolean> matches(PatroniAnswer answer) {
    return switch (test) {
      case STATUS -> codes(answer.status());
      case STATUS_REGEX -> finds(String.valueOf(answer.status()));
      case BODY -> answer.body().map(body -> body.contains(pattern));
      case BODY_REGEX -> answer.body().flatMap(this::finds);
      case OTHER -> Optional.empty();
    };
  }

  private Optional<Boolean> codes(int status) {
    if (pattern.length() > LONGEST_PATTERN || !CODES.matcher(pattern).matches()) {
      return Optional.empty();
    }
    for (String range : pattern.split(",", -1)) {
      int least = Integer.parseInt(range.substring(0, 3));
      int most = range.length() > 3 ? Integer.parseInt(range.substring(4)) : least;
      if (least <= status && status <= most) {
        return Optional.of(true);
      }
    }
    return Optional.of(false);
  }

  private Optional<Boolean> finds(String text) {
    try {
      return pattern.length() > LONGEST_PATTERN
          ? Optional.empty()
          : Optional.of(Pattern.compile(pattern).matcher(new Bounded(text)).find());
    } catch (PatternSyntaxException | TooManySteps e) {
      return Optional.empty();
    }
  }

  /** An expression that would try for ever. */
  private static final class TooManySteps extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManySteps() {
      super(null, null, false, false);
    }
  }

  /** A text that can be looked at so many times. */
  private static final class Bounded implements CharSequence {
    private final String text;
    private int steps;

    Bounded(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (++steps > MOST_STEPS) {
        throw new TooManySteps();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
