/** {@code make storm}: thousands of kept sessions in a planned switchover, and what they hold. */
@NullMarked
package io.trunkline.loadtest.storm;

import org.jspecify.annotations.NullMarked;
