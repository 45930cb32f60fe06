package io.trunkline.simulation.scenario;

import io.trunkline.simulation.invariant.Violations.Violation;
import io.trunkline.simulation.story.Coverage;
import java.util.List;
import java.util.Optional;

/**
 * What came of a simulation.
 *
 * @param violation the first promise that was broken
 * @param nanos of simulated time
 * @param steps how many things happened
 * @param commits how many commits were accepted
 * @param story empty if it was not to be read
 */
public record Outcome(
    Plan plan,
    Optional<Violation> violation,
    long nanos,
    long steps,
    long commits,
    Coverage coverage,
    List<String> story) {}
