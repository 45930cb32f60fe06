/** What every source of evidence needs: JSON, connections, certificates, events. */
@NullMarked
package io.trunkline.healthcheck.common;

import org.jspecify.annotations.NullMarked;
