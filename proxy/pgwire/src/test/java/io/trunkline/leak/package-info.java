/** Makes a buffer that nobody releases fail the build; the daemon's tests have it, too. */
package io.trunkline.leak;
