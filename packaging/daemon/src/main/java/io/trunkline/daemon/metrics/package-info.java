/** What the daemon knows, for Prometheus. */
@NullMarked
package io.trunkline.packaging.metrics;

import org.jspecify.annotations.NullMarked;
