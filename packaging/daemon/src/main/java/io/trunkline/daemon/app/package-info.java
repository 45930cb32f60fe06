/** Wires the modules into one process and leads it from start to stop. */
@NullMarked
package io.trunkline.daemon.app;

import org.jspecify.annotations.NullMarked;
