/** Reads keepalived's configuration: VRRP instances and their scripts. */
@NullMarked
package io.trunkline.importer.keepalived;

import org.jspecify.annotations.NullMarked;
