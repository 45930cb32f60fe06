/** Who is let in: addresses, rules, numbers, rates, and whether there is memory. */
@org.jspecify.annotations.NullMarked
package io.trunkline.proxy.admission;
