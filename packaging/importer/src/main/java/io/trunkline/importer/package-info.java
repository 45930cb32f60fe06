/**
 * Turns the files of HAProxy, keepalived, vip-manager and Patroni into a configuration of
 * Trunkline: texts in, a text and remarks out. Nothing here reads a file or asks the network.
 */
@NullMarked
package io.trunkline.importer;

import org.jspecify.annotations.NullMarked;
