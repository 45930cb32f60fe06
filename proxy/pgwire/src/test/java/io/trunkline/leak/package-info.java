/** Makes a buffer that nobody releases fail the build; packaging's tests have it, too. */
package io.trunkline.leak;
