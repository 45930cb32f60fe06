/**
 * Sockets that accept: binding, handing over to the next process, and the PROXY protocol header.
 */
@org.jspecify.annotations.NullMarked
package io.trunkline.proxy.listener;
