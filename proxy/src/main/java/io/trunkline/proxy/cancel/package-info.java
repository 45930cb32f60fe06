/** Cancel requests on their way to the member whose session is meant. */
@org.jspecify.annotations.NullMarked
package io.trunkline.proxy.cancel;
