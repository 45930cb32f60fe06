/** The TLS that this proxy ends or opens itself: certificates, and their renewal. */
@org.jspecify.annotations.NullMarked
package io.trunkline.proxy.tls;
