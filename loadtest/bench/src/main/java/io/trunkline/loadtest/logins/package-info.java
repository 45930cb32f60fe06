/** A burst of logins at a real cluster whose processors are limited. */
@NullMarked
package io.trunkline.loadtest.logins;

import org.jspecify.annotations.NullMarked;
