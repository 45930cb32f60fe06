/** Real client programs through every kind of listener while the primary moves. */
@NullMarked
package io.trunkline.loadtest.clients;

import org.jspecify.annotations.NullMarked;
