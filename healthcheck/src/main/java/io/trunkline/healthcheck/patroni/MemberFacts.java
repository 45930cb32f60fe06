package io.trunkline.healthcheck.patroni;

import io.trunkline.config.HostPort;
import io.trunkline.routing.DcsMember;
import java.util.Optional;

/**
 * What is known of a member before it is asked.
 *
 * @param postgres where its PostgreSQL listens
 * @param api where its REST API is
 * @param dcs what it says of itself in etcd
 * @param announced whether Patroni has told {@code postgres}; else it is guessed from {@code api}
 * @param proxy where a pooler beside it listens
 */
public record MemberFacts(
    Optional<HostPort> postgres,
    Optional<ApiUrl> api,
    Optional<DcsMember> dcs,
    boolean announced,
    Optional<HostPort> proxy) {
  /** More members than any Patroni cluster has. */
  public static final int MAX_MEMBERS = 256;

  public static final MemberFacts NONE =
      new MemberFacts(Optional.empty(), Optional.empty(), Optional.empty(), true, Optional.empty());

  /** The addresses, without its own words: those have become unreadable. */
  public MemberFacts withoutWords() {
    return new MemberFacts(postgres, api, Optional.empty(), announced, proxy);
  }

  /** With the addresses of before where there are none now: they have become unreadable. */
  public MemberFacts orAddressesOf(MemberFacts before) {
    return new MemberFacts(
        postgres.or(before::postgres),
        api.or(before::api),
        dcs,
        postgres.isPresent() ? announced : before.announced,
        proxy.or(before::proxy));
  }
}
