/** The command line. */
@NullMarked
package io.trunkline.daemon.cli;

import org.jspecify.annotations.NullMarked;
