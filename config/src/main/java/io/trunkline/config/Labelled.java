package io.trunkline.config;

import java.util.Locale;

/** A constant that people meet as a word. */
public interface Labelled {
  /** The constant's own, as Java writes it. */
  String name();

  /** The word in the configuration, logs, metrics, JSON and filters. */
  default String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
