/** What Patroni says of members, in its REST API and in the DCS alike. */
@NullMarked
package io.trunkline.healthcheck.patroni;

import org.jspecify.annotations.NullMarked;
