/** Ways to lose a primary, a replica, etcd or the network, and what clients see of it. */
@NullMarked
package io.trunkline.loadtest.scenario;

import org.jspecify.annotations.NullMarked;
