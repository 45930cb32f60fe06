package io.trunkline.config;

import java.nio.file.Path;

/**
 * What every reader needs besides its part of the file.
 *
 * @param directory where relative paths begin: the directory of the file
 */
record Context(Problems problems, Substitution substitution, Path directory, Machine machine) {}
