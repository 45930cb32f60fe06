package io.trunkline.routing;

import io.trunkline.config.HostPort;
import java.util.Optional;
import java.util.function.Function;

/**
 * All that is known of one member of a cluster.
 *
 * @param name Patroni's name of the member
 * @param postgres where its PostgreSQL listens; empty while nobody has said
 * @param dcs its own words in etcd; empty when the key is absent or junk
 * @param rest its REST API
 * @param connect its PostgreSQL port
 * @param sentinel the connection that watches whether it is writable; empty when none is configured
 * @param counted it counts when it is asked whether most members can be seen; false of a name that
 *     nobody has proven
 */
public record Member(
    String name,
    Optional<HostPort> postgres,
    Optional<DcsMember> dcs,
    RestHealth rest,
    ConnectHealth connect,
    Optional<SentinelHealth> sentinel,
    boolean counted) {

  /** One that counts. */
  public Member(
      String name,
      Optional<HostPort> postgres,
      Optional<DcsMember> dcs,
      RestHealth rest,
      ConnectHealth connect,
      Optional<SentinelHealth> sentinel) {
    this(name, postgres, dcs, rest, connect, sentinel, true);
  }

  /** One that no sentinel watches. */
  public Member(
      String name,
      Optional<HostPort> postgres,
      Optional<DcsMember> dcs,
      RestHealth rest,
      ConnectHealth connect) {
    this(name, postgres, dcs, rest, connect, Optional.empty());
  }

  /** Tags by the freshest word. */
  public Tags tags() {
    return freshest(RestAnswer::tags, DcsMember::tags).orElse(Tags.NONE);
  }

  /** The freshest word: its REST API's while that answers, or else that of its key. */
  <T> Optional<T> freshest(Function<RestAnswer, T> byRest, Function<DcsMember, T> byKey) {
    Optional<T> answer = rest.last().map(byRest);
    return rest.failure().isEmpty()
        ? answer.or(() -> dcs.map(byKey))
        : dcs.map(byKey).or(() -> answer);
  }
}
