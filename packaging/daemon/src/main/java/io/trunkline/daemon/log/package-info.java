/** Events and libraries' messages as lines on standard error. */
@NullMarked
package io.trunkline.packaging.log;

import org.jspecify.annotations.NullMarked;
