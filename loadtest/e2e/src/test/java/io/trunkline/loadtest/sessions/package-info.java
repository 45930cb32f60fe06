/** What happens to sessions: pools through a switchover, and cancels. */
@NullMarked
package io.trunkline.loadtest.sessions;

import org.jspecify.annotations.NullMarked;
