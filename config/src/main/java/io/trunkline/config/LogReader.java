package io.trunkline.config;

/** Reads {@code log}. */
final class LogReader {
  static final Section<LogConfig> KEYS = new Section<>("log");
  static final Key<LogConfig.Level> LEVEL =
      KEYS.key("level", Type.choice(LogConfig.Level.INFO), LogConfig::level)
          .means("The least severe level that is written.");
  static final Key<LogConfig.Format> FORMAT =
      KEYS.key("format", Type.choice(LogConfig.Format.TEXT), LogConfig::format)
          .means("`text` is `key=value` pairs.");

  private LogReader() {}

  static LogConfig read(MappingReader in) {
    return new LogConfig(in.get(LEVEL), in.get(FORMAT));
  }
}
