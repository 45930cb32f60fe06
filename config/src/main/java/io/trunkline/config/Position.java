package io.trunkline.config;

/**
 * A place in the file.
 *
 * @param line from 1; 0 for what is not in the file
 * @param column from 1; 0 for what is not in the file
 */
record Position(int line, int column) {
  static final Position NOWHERE = new Position(0, 0);
  static final Position START = new Position(1, 1);
}
