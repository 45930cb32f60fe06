package io.trunkline.routing;

/** Is told what sessions find on members. Safe to call from any thread. */
public interface ConnectObserver {

  /** Nobody who would want to know. */
  ConnectObserver NONE =
      new ConnectObserver() {
        @Override
        public void connected(String cluster, String member) {}

        @Override
        public void failed(String cluster, String member, String failure) {}

        @Override
        public void standbySeen(String cluster, String member) {}
      };

  /** A connection to the member's PostgreSQL was established. */
  void connected(String cluster, String member);

  /**
   * An attempt to reach the member's PostgreSQL failed, or an established one broke.
   *
   * @param failure what was seen, for people
   */
  void failed(String cluster, String member, String failure);

  /**
   * A session that was placed there because the member is the primary was told that it is in
   * recovery ({@code in_hot_standby} is on).
   */
  void standbySeen(String cluster, String member);
}
