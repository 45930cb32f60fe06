/** Reads vip-manager's configuration: a VIP that follows the leader. */
@NullMarked
package io.trunkline.importer.vipmanager;

import org.jspecify.annotations.NullMarked;
