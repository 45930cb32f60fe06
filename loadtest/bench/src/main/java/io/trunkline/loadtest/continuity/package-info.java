/** {@code make continuity}: what sessions see when their member goes, and whether all adds up. */
@NullMarked
package io.trunkline.loadtest.continuity;

import org.jspecify.annotations.NullMarked;
