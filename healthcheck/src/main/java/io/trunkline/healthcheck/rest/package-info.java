/** Asks Patroni's REST APIs: one probe for each member, and discovery of members without a DCS. */
@NullMarked
package io.trunkline.healthcheck.rest;

import org.jspecify.annotations.NullMarked;
