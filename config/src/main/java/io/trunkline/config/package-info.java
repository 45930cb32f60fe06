/**
 * The configuration file as validated, immutable records.
 *
 * <p>{@link io.trunkline.config.ConfigLoader} reads YAML and either returns a {@link
 * io.trunkline.config.TrunklineConfig} or every {@link io.trunkline.config.Problem} it found, each
 * with file, line, column and what would be right.
 */
@NullMarked
package io.trunkline.config;

import org.jspecify.annotations.NullMarked;
