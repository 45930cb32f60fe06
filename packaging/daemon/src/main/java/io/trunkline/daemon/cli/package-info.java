/** The command line. */
@NullMarked
package io.trunkline.packaging.cli;

import org.jspecify.annotations.NullMarked;
