/**
 * The configuration file as validated, immutable records.
 *
 * <p>{@link io.trunkline.config.ConfigLoader} reads YAML and either returns a {@link
 * io.trunkline.config.TrunklineConfig} or every {@link io.trunkline.config.Problem} it found, each
 * with file, line, column and what would be right.
 *
 * <p>A key is declared once, in the reader of its section ({@code ListenerReader} for {@code
 * ListenerConfig}): how it is written, its default, and the sentence of the manual. Records say
 * only what their types do not tell.
 */
@NullMarked
package io.trunkline.config;

import org.jspecify.annotations.NullMarked;
