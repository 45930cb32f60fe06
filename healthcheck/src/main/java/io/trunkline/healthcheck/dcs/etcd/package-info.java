/** etcd as the DCS; the only package that uses jetcd. */
@NullMarked
package io.trunkline.healthcheck.dcs.etcd;

import org.jspecify.annotations.NullMarked;
