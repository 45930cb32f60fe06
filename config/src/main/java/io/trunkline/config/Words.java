package io.trunkline.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How the constants of an enum are written in the file. */
final class Words {
  private Words() {}

  static String of(Enum<?> constant) {
    return switch (constant) {
      case TlsConfig.MinVersion version -> version.name().replace("TLSV", "TLSv").replace('_', '.');
      case SentinelConfig.Auth method -> method.name().toLowerCase(Locale.ROOT).replace('_', '-');
      default -> constant.name().toLowerCase(Locale.ROOT);
    };
  }

  static <E extends Enum<E>> List<String> of(Class<E> type) {
    return Arrays.stream(type.getEnumConstants()).map(Words::of).toList();
  }
}
