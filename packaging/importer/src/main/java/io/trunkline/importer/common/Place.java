package io.trunkline.packaging.imports;

/**
 * A line of a file that is imported.
 *
 * @param line from 1
 */
record Place(String file, int line) {
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
