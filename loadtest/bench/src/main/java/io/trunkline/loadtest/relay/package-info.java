/** What the relay costs in memory and time. */
@NullMarked
package io.trunkline.loadtest.relay;

import org.jspecify.annotations.NullMarked;
