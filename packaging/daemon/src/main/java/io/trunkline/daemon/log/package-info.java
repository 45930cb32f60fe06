/** Events and libraries' messages as lines on standard error. */
@NullMarked
package io.trunkline.daemon.log;

import org.jspecify.annotations.NullMarked;
