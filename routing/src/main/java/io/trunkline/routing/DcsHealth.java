package io.trunkline.routing;

import java.time.Instant;

/** Whether etcd can be believed at the moment. */
public sealed interface DcsHealth {

  /** This cluster is configured without etcd. */
  record Absent() implements DcsHealth {}

  /**
   * A quorum of etcd answered.
   *
   * @param confirmedAt when a linearizable read or a watch response last came
   */
  record Connected(Instant confirmedAt) implements DcsHealth {}

  /**
   * No quorum answers.
   *
   * @param confirmedAt when one last did; {@link Instant#MIN} if never
   * @param since when it was noticed
   * @param failure what was seen, for people
   */
  record Lost(Instant confirmedAt, Instant since, String failure) implements DcsHealth {}
}
