/** The daemon assembled: command line, wiring, admin endpoint, metrics and log. */
@NullMarked
package io.trunkline.daemon;

import org.jspecify.annotations.NullMarked;
