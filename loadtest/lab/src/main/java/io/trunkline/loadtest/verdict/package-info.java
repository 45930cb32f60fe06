/** What the samples of a workload and the ground truth of the cluster say together. */
@NullMarked
package io.trunkline.loadtest.verdict;

import org.jspecify.annotations.NullMarked;
