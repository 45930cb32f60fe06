/** Asks PostgreSQL itself, over one connection to each member. */
@NullMarked
package io.trunkline.healthcheck.sentinel;

import org.jspecify.annotations.NullMarked;
