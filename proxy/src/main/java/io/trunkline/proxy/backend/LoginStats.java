package io.trunkline.proxy.backend;

/**
 * The logins at one member, at one moment.
 *
 * @param underWay logins that have begun and are not completed
 * @param queued clients that wait until theirs may begin
 * @param limit how many may be under way
 */
public record LoginStats(int underWay, int queued, int limit) {

  /** A member that has two addresses for a moment. */
  LoginStats plus(LoginStats other) {
    return new LoginStats(
        underWay + other.underWay, queued + other.queued, Math.max(limit, other.limit));
  }
}
