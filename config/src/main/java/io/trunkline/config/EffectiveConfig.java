package io.trunkline.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes a configuration with every default filled in, as YAML that {@link ConfigLoader} reads as
 * the same configuration, secrets apart: these are masked.
 */
public final class EffectiveConfig {
  private final Function<Secret, String> secrets;

  private EffectiveConfig(Function<Secret, String> secrets) {
    this.secrets = secrets;
  }

  /** The configuration as YAML. */
  public static String render(TrunklineConfig config) {
    return render(config, Secret::toString);
  }

  static String render(TrunklineConfig config, Function<Secret, String> secrets) {
    YAMLMapper yaml =
        YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .build();
    try {
      return yaml.writeValueAsString(tree(config, secrets));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps, lists and text are always YAML", e);
    }
  }

  /** The same as maps, lists and values. */
  static Map<String, Object> tree(TrunklineConfig config, Function<Secret, String> secrets) {
    return RootReader.KEYS.filled(config).written(new EffectiveConfig(secrets)::written);
  }

  /** One value that is neither secret nor a mapping. */
  static String text(Object value) {
    return String.valueOf(new EffectiveConfig(Secret::toString).written(value));
  }

  /** In the form that the file has it; null where there is nothing to write. */
  private @Nullable Object written(Object value) {
    return switch (value) {
      case Optional<?> maybe -> maybe.map(this::written).orElse(null);
      case OptionalInt number -> number.isPresent() ? number.getAsInt() : null;
      case OptionalLong bytes -> bytes.isPresent() ? Sizes.format(bytes.getAsLong()) : null;
      case Section.Filled<?> mapping -> mapping.written(this::written);
      case Boolean flag -> flag;
      case Integer number -> number;
      case Duration duration -> Durations.format(duration);
      case Labelled word -> word.label();
      case Secret secret -> Substitution.escape(secrets.apply(secret));
      case InetAddress address -> address.getHostAddress();
      case Collection<?> items -> items.stream().map(this::written).toList();
      case Map<?, ?> inner -> inner;
      default -> Substitution.escape(value.toString());
    };
  }
}
