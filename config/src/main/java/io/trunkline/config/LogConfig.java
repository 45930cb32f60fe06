package io.trunkline.config;

/** The log, on standard error. */
public record LogConfig(Level level, Format format) {

  /** The least severe level that is written. */
  public enum Level implements Labelled {
    DEBUG,
    INFO,
    WARN,
    ERROR
  }

  /** How a line looks. */
  public enum Format implements Labelled {
    TEXT,
    JSON
  }
}
