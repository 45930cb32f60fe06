/** The highest timeline of a cluster, also across restarts. */
@NullMarked
package io.trunkline.healthcheck.timeline;

import org.jspecify.annotations.NullMarked;
