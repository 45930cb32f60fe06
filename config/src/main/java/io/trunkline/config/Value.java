package io.trunkline.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A text of the file after substitution, with its place and its field; read as one type or other.
 */
record Value(Context context, Position at, String path, String text) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}");

  /** Something that a text can be read as. */
  interface Parser<T> {
    T parse(String text) throws NotUnderstood;
  }

  /** Reports; the result is empty, so that a reader can return it. */
  <T> Optional<T> reject(String message) {
    context.problems().add(at, path, message);
    return Optional.empty();
  }

  <T> Optional<T> as(Parser<T> parser) {
    try {
      return Optional.of(parser.parse(text));
    } catch (NotUnderstood e) {
      return reject(String.valueOf(e.getMessage()));
    }
  }

  /** A word that can be a metric label, a log field and part of a path. */
  Optional<String> name() {
    return NAME.matcher(text).matches()
        ? Optional.of(text)
        : reject(
            Shown.of(text)
                + " cannot be a name; use up to 63 letters, digits, dots, dashes and underscores");
  }

  Optional<Integer> integer(int least, int most) {
    if (!text.matches("[+-]?\\d+")) {
      return reject(
          "must be a whole number from " + least + " to " + most + ", not " + Shown.of(text));
    }
    if (text.length() > 12 || Long.parseLong(text) < least || Long.parseLong(text) > most) {
      return reject(Shown.of(text) + " is not between " + least + " and " + most);
    }
    return Optional.of(Integer.valueOf(text));
  }

  Optional<Boolean> flag() {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> Optional.of(true);
      case "false", "no", "off" -> Optional.of(false);
      default -> reject("must be true or false, not " + Shown.of(text));
    };
  }

  Optional<Duration> duration(Duration least, Duration most) {
    return as(Durations::parse).flatMap(found -> between(found, least, most, Durations::format));
  }

  Optional<Long> size(long least, long most) {
    return as(Sizes::parse).flatMap(found -> between(found, least, most, Sizes::format));
  }

  private <T extends Comparable<T>> Optional<T> between(
      T found, T least, T most, Function<T, String> format) {
    return found.compareTo(least) < 0 || found.compareTo(most) > 0
        ? reject(
            "%s is not between %s and %s"
                .formatted(Shown.of(text), format.apply(least), format.apply(most)))
        : Optional.of(found);
  }

  <E extends Labelled> Optional<E> choice(Set<E> constants) {
    for (E constant : constants) {
      if (constant.label().equals(text)) {
        return Optional.of(constant);
      }
    }
    List<String> words = constants.stream().map(Labelled::label).toList();
    return reject(
        "%s is not one of %s%s"
            .formatted(
                Shown.of(text), String.join(", ", words), Suggestions.didYouMean(text, words)));
  }

  /** A path; a relative one begins at the directory of the configuration file. */
  Optional<Path> file() {
    try {
      return Optional.of(context.directory().resolve(text).normalize());
    } catch (InvalidPathException e) {
      return reject("is not a path: " + e.getReason());
    }
  }

  @Override
  public String toString() {
    return "Value[" + path + " at " + at + "]";
  }
}
