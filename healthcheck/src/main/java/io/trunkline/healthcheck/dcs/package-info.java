/** Patroni's keys in a DCS, whichever it is. */
@NullMarked
package io.trunkline.healthcheck.dcs;

import org.jspecify.annotations.NullMarked;
