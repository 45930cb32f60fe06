/**
 * What every importer uses: places in files, remarks on them, YAML, and the parts of the
 * configuration that comes of it.
 */
@NullMarked
package io.trunkline.importer.common;

import org.jspecify.annotations.NullMarked;
