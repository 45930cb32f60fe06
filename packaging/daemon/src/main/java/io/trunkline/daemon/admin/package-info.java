/** The HTTP endpoint that answers what the daemon knows, and the control socket. */
@NullMarked
package io.trunkline.daemon.admin;

import org.jspecify.annotations.NullMarked;
