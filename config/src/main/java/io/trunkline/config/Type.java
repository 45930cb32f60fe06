package io.trunkline.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the values of a key are written in the file.
 *
 * @param words for the manual, with the range
 * @param reading reports what is wrong; empty then, and where the key is missing
 * @param byDefault what holds then; null where that is no value
 */
record Type<T>(String words, Reading<T> reading, @Nullable T byDefault) {
  static final Type<String> TEXT = value("text", value -> Optional.of(value.text()));
  static final Type<String> NAME = value("name", Value::name);
  static final Type<Secret> SECRET = new Type<>("secret", Secrets::read);
  static final Type<Path> FILE = value("path", Value::file);
  static final Type<List<Cidr>> NETWORKS =
      list("list of networks", value -> value.as(Addresses::cidr));

  Type(String words, Reading<T> reading) {
    this(words, reading, null);
  }

  /** Reads the key of that name. */
  interface Reading<T> {
    Optional<T> of(MappingReader in, String name);
  }

  static <T> Type<T> value(String words, Function<Value, Optional<T>> reading) {
    return new Type<>(words, (in, name) -> in.value(name).flatMap(reading));
  }

  static Type<Boolean> flag(boolean byDefault) {
    return value("boolean", Value::flag).or(byDefault);
  }

  static Type<Integer> integer(int least, int most) {
    return value(least + " to " + most, value -> value.integer(least, most));
  }

  static Type<Duration> duration(String least, String most) {
    Duration from = constant(least, Durations::parse);
    Duration to = constant(most, Durations::parse);
    return value(
        "duration, `%s` to `%s`".formatted(least, most), value -> value.duration(from, to));
  }

  static Type<Duration> duration(String least, String most, String byDefault) {
    return duration(least, most).or(constant(byDefault, Durations::parse));
  }

  static Type<Long> size(String least, String most) {
    long from = constant(least, Sizes::parse);
    long to = constant(most, Sizes::parse);
    return value("size, `%s` to `%s`".formatted(least, most), value -> value.size(from, to));
  }

  private static <T> T constant(String text, Value.Parser<T> parser) {
    try {
      return parser.parse(text);
    } catch (NotUnderstood e) {
      throw new IllegalArgumentException(e);
    }
  }

  static <E extends Labelled> Type<E> choice(Set<E> constants) {
    return value(
        constants.stream().map(Labelled::label).collect(Collectors.joining("`, `", "`", "`")),
        value -> value.choice(constants));
  }

  static <E extends Enum<E> & Labelled> Type<E> choice(Class<E> type) {
    return choice(EnumSet.allOf(type));
  }

  static <E extends Enum<E> & Labelled> Type<E> choice(E byDefault) {
    return choice(byDefault.getDeclaringClass()).or(byDefault);
  }

  static <E extends Enum<E> & Labelled> Type<List<E>> choices(Class<E> type) {
    Set<E> constants = EnumSet.allOf(type);
    return list("list of " + choice(constants).words(), value -> value.choice(constants));
  }

  /** A list, or a text with commas; what cannot be read is left out. */
  static <T> Type<List<T>> list(String words, Function<Value, Optional<T>> reading) {
    return new Type<>(
        words,
        (in, name) ->
            Optional.of(
                in.values(name).stream().flatMap(value -> reading.apply(value).stream()).toList()));
  }

  /** A list whose items are read together. */
  static Type<List<Value>> values(String words) {
    return list(words, Optional::of);
  }

  /** A mapping; empty where the key is missing. */
  static Type<MappingReader> mapping(Section<?> section) {
    return new Type<>(section.link(), (in, name) -> Optional.of(in.mapping(name, section)));
  }

  static Type<List<MappingReader>> mappings(Section<?> section) {
    return new Type<>(
        "list of " + section.link(), (in, name) -> Optional.of(in.mappings(name, section)));
  }

  /** The same in other words. */
  Type<T> as(String otherWords) {
    return new Type<>(otherWords, reading, byDefault);
  }

  /** The same with a default. */
  Type<T> or(T value) {
    return new Type<>(words, reading, value);
  }
}
