package io.trunkline.healthcheck;

import io.trunkline.config.HostPort;
import io.trunkline.routing.DcsMember;
import io.trunkline.routing.Role;
import io.trunkline.routing.Tags;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of a member before it is asked.
 *
 * @param postgres where its PostgreSQL listens
 * @param api where its REST API is
 * @param dcs what it says of itself in etcd
 * @param announced whether Patroni has told {@code postgres}; else it is guessed from {@code api}
 * @param proxy where a pooler beside it listens
 */
record MemberFacts(
    Optional<HostPort> postgres,
    Optional<ApiUrl> api,
    Optional<DcsMember> dcs,
    boolean announced,
    Optional<HostPort> proxy) {
  static final MemberFacts NONE =
      new MemberFacts(Optional.empty(), Optional.empty(), Optional.empty(), true);

  /** Without a pooler. */
  MemberFacts(
      Optional<HostPort> postgres,
      Optional<ApiUrl> api,
      Optional<DcsMember> dcs,
      boolean announced) {
    this(postgres, api, dcs, announced, Optional.empty());
  }

  /**
   * What a {@code members/<name>} value says.
   *
   * @param facts what could be read
   * @param problems what could not, for people
   */
  record Key(MemberFacts facts, List<String> problems) {}

  /** Reads a {@code members/<name>} value (Patroni: {@code Ha.touch_member}), field by field. */
  static Key parse(Entry entry) throws JunkException {
    JsonFields json = new JsonFields(Json.object(entry.text()));
    Optional<HostPort> postgres = json.text("conn_url", url -> Urls.address(url, 5432));
    Optional<HostPort> proxy = json.text("proxy_url", url -> Urls.address(url, 5432));
    Optional<ApiUrl> api = json.text("api_url", ApiUrl::parse);
    OptionalLong replayed = json.lsn("replay_lsn");
    OptionalLong position = json.lsn("xlog_location");
    DcsMember dcs =
        new DcsMember(
            json.text("role").map(Role::of).orElse(Role.UNKNOWN),
            json.text("state").orElse("unknown"),
            json.timeline("timeline"),
            replayed.isPresent() ? replayed : position,
            Streaming.read(json, json.text("version"), position.isPresent()),
            json.read("tags", PatroniTags::read, Tags.NONE),
            json.flag("pause"),
            entry.modRevision());
    return new Key(new MemberFacts(postgres, api, Optional.of(dcs), true, proxy), json.problems());
  }

  /** The addresses, without its own words: those have become unreadable. */
  MemberFacts withoutWords() {
    return new MemberFacts(postgres, api, Optional.empty(), announced, proxy);
  }

  /** With the addresses of before where there are none now: they have become unreadable. */
  MemberFacts orAddressesOf(MemberFacts before) {
    return new MemberFacts(
        postgres.or(before::postgres),
        api.or(before::api),
        dcs,
        postgres.isPresent() ? announced : before.announced,
        proxy.or(before::proxy));
  }
}
