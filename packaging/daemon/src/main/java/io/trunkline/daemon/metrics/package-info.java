/** What the daemon knows, for Prometheus. */
@NullMarked
package io.trunkline.daemon.metrics;

import org.jspecify.annotations.NullMarked;
