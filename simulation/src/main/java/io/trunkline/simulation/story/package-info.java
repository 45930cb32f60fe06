/** What has happened, and how much of what there is was reached. */
@NullMarked
package io.trunkline.simulation.story;

import org.jspecify.annotations.NullMarked;
