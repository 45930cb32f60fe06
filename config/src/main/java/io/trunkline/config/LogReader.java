package io.trunkline.config;

/** Reads {@code log}. */
final class LogReader {
  private LogReader() {}

  static LogConfig read(MappingReader in) {
    return new LogConfig(
        in.choice("level", LogConfig.Level.INFO), in.choice("format", LogConfig.Format.TEXT));
  }
}
