@NullMarked
package io.trunkline.vip.lease;

import org.jspecify.annotations.NullMarked;
