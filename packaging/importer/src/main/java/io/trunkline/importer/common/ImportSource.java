package io.trunkline.importer.common;

import java.util.Optional;

/**
 * One file to import.
 *
 * @param file as the user named it; remarks begin with it
 * @param text what is in it, at most {@link #LARGEST} characters
 * @param dialect whose file it is; empty: told by its content
 */
public record ImportSource(String file, String text, Optional<Dialect> dialect) {
  /** As the largest configuration file of Trunkline itself. */
  public static final int LARGEST = 1 << 20;

  /** A file whose kind is told by its content. */
  public ImportSource(String file, String text) {
    this(file, text, Optional.empty());
  }

  public Place at(int line) {
    return new Place(file, line);
  }
}
