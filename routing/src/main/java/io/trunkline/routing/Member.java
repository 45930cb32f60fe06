package io.trunkline.routing;

import io.trunkline.config.DialTarget;
import io.trunkline.config.HostPort;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;

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
 * @param announced whether Patroni has told {@code postgres}; else it is guessed from where the
 *     REST API is
 * @param proxy where a pooler beside it listens ({@code proxy_url}); empty when it announces none
 */
public record Member(
    String name,
    Optional<HostPort> postgres,
    Optional<DcsMember> dcs,
    RestHealth rest,
    ConnectHealth connect,
    Optional<SentinelHealth> sentinel,
    boolean counted,
    boolean announced,
    Optional<HostPort> proxy) {

  /** One that counts, and whose address Patroni has told; without a pooler. */
  public Member(
      String name,
      Optional<HostPort> postgres,
      Optional<DcsMember> dcs,
      RestHealth rest,
      ConnectHealth connect,
      Optional<SentinelHealth> sentinel) {
    this(name, postgres, dcs, rest, connect, sentinel, true, true, Optional.empty());
  }

  /** The same, and no sentinel watches it. */
  public Member(
      String name,
      Optional<HostPort> postgres,
      Optional<DcsMember> dcs,
      RestHealth rest,
      ConnectHealth connect) {
    this(name, postgres, dcs, rest, connect, Optional.empty());
  }

  /** Until somebody tells its name, a member is called by the address of its REST API. */
  static boolean isAddressOf(String name, HostPort postgres) {
    int port = name.lastIndexOf(':');
    return port >= 0 && name.substring(0, port).replaceAll("[\\[\\]]", "").equals(postgres.host());
  }

  /**
   * The newest WAL position that is known of it, in bytes: written on a primary, replayed (or else
   * received) on a replica. Its key in etcd counts only where its REST API has said nothing: before
   * Patroni 4 it tells what has been received.
   */
  public OptionalLong position() {
    return rest.last()
        .map(RestAnswer::lsn)
        .filter(OptionalLong::isPresent)
        .or(() -> dcs.map(DcsMember::lsn))
        .orElse(OptionalLong.empty());
  }

  /** Where sessions that are meant for that are connected to. */
  Optional<HostPort> address(DialTarget target) {
    return target == DialTarget.PROXY_URL ? proxy : postgres;
  }

  /** Whether sessions of any kind are connected to it there. */
  public boolean isAt(HostPort address) {
    return Stream.of(DialTarget.values())
        .anyMatch(target -> address(target).equals(Optional.of(address)));
  }

  /** Tags by the freshest word. */
  public Tags tags() {
    return freshest(RestAnswer::tags, DcsMember::tags).orElse(Tags.NONE);
  }

  /** Patroni's role, by the freshest word. */
  public Role role() {
    return freshest(RestAnswer::role, DcsMember::role).orElse(Role.UNKNOWN);
  }

  /** Whether PostgreSQL runs, by the freshest word. */
  boolean running() {
    return freshest(RestAnswer::running, DcsMember::running).orElse(false);
  }

  /** PostgreSQL timeline, by the freshest word. */
  public OptionalLong timeline() {
    return freshest(RestAnswer::timeline, DcsMember::timeline).orElse(OptionalLong.empty());
  }

  /** Somebody has a fresh word, and it is that PostgreSQL runs. */
  public boolean up() {
    boolean answers = rest.last().isPresent() && rest.failure().isEmpty();
    return (answers || dcs.isPresent()) && running();
  }

  /** The freshest word: its REST API's while that answers, or else that of its key. */
  public <T> Optional<T> freshest(Function<RestAnswer, T> byRest, Function<DcsMember, T> byKey) {
    Optional<T> answer = rest.last().map(byRest);
    return rest.failure().isEmpty()
        ? answer.or(() -> dcs.map(byKey))
        : dcs.map(byKey).or(() -> answer);
  }
}
