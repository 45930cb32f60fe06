package io.trunkline.config;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The keys of one mapping to be written, each value in the form that the file has it. */
final class Fields {
  private final Function<Secret, String> secrets;
  private final Map<String, Object> fields = new LinkedHashMap<>();

  Fields(Function<Secret, String> secrets) {
    this.secrets = secrets;
  }

  Fields put(String key, Object value) {
    fields.put(key, written(value));
    return this;
  }

  Fields put(String key, Optional<?> value) {
    value.ifPresent(present -> put(key, present));
    return this;
  }

  Fields put(TlsFiles files) {
    return put("cacert", files.cacert()).put("cert", files.cert()).put("key", files.key());
  }

  Fields putIf(boolean condition, String key, Object value) {
    return condition ? put(key, value) : this;
  }

  <T> Fields putAll(String key, List<T> items, Function<T, Map<String, Object>> each) {
    fields.put(key, items.stream().map(each).toList());
    return this;
  }

  Map<String, Object> asMap() {
    return fields;
  }

  private Object written(Object value) {
    return switch (value) {
      case Boolean flag -> flag;
      case Integer number -> number;
      case Duration duration -> Durations.format(duration);
      case Enum<?> word -> Words.of(word);
      case Secret secret -> Substitution.escape(secrets.apply(secret));
      case InetAddress address -> address.getHostAddress();
      case Collection<?> items -> items.stream().map(this::written).toList();
      case Map<?, ?> inner -> inner;
      default -> Substitution.escape(value.toString());
    };
  }
}
