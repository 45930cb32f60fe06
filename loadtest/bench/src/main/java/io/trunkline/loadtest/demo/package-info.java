/** {@code make demo}: what Trunkline does, on a real cluster, in three blows. */
@NullMarked
package io.trunkline.loadtest.demo;

import org.jspecify.annotations.NullMarked;
