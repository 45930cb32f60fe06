package io.trunkline.routing;

/** Is told what sessions find when they dial a member. Safe to call from any thread. */
public interface ConnectObserver {

  /** A connection to the member's PostgreSQL was established. */
  void connected(String cluster, String member);

  /**
   * An attempt to reach the member's PostgreSQL failed, or an established one broke.
   *
   * @param failure what was seen, for people
   */
  void failed(String cluster, String member, String failure);

  /** The primary was wanted and the member said, when the session began, that it is a standby. */
  default void standbySeen(String cluster, String member) {}
}
