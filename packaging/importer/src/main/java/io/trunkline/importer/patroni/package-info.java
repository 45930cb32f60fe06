/** Reads Patroni's configuration, and what a check asks its REST API. */
@NullMarked
package io.trunkline.importer.patroni;

import org.jspecify.annotations.NullMarked;
