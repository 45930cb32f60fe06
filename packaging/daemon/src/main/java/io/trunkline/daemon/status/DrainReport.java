package io.trunkline.daemon.status;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What operators have drained.
 *
 * @param node whether the whole node is
 * @param since when that was asked for, ISO 8601; null: it is not
 * @param by who asked for it; null: it is not
 * @param vips those that are kept away from this node, each for itself or with the node
 * @param sessions that go on through this node now
 */
public record DrainReport(
    boolean node, @Nullable String since, @Nullable String by, List<String> vips, int sessions) {}
