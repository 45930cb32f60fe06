package io.trunkline.importer.common;

/**
 * A line of a file that is imported.
 *
 * @param line from 1
 */
public record Place(String file, int line) {
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
