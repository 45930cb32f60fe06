package io.trunkline.healthcheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.HostPort;
import io.trunkline.healthcheck.patroni.ApiUrl;
import io.trunkline.healthcheck.patroni.MemberFacts;
import io.trunkline.healthcheck.patroni.Switchover;
import io.trunkline.routing.DcsMember;
import io.trunkline.routing.Tags;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.OptionalLong;

/** What holds of all that was read of a member, whatever its bytes were. */
public final class Facts {
  private static final long MAX_TIMELINE = 0xFFFF_FFFFL;
  private static final int LONGEST_REASON = 700;

  private Facts() {}

  /** A reason is a line that a log can have. */
  public static void reason(String reason) {
    assertThat(reason).isNotBlank().hasSizeLessThan(LONGEST_REASON);
    assertThat(reason.lines()).hasSize(1);
  }

  public static void member(MemberFacts facts) {
    facts.postgres().ifPresent(Facts::address);
    facts.proxy().ifPresent(Facts::address);
    facts.api().map(ApiUrl::address).ifPresent(Facts::address);
    facts.dcs().ifPresent(Facts::dcs);
  }

  private static void dcs(DcsMember member) {
    timeline(member.timeline());
    position(member.lsn());
    tags(member.tags());
  }

  public static void tags(Tags tags) {
    assertThat(tags.toString()).isNotNull();
  }

  /** A name or an address that can be dialled, and a port. */
  public static void address(HostPort address) {
    assertThat(address.port()).isBetween(1, 65_535);
    assertThat(address.host()).matches("[^\\p{Cntrl}\\s]{1,255}");
  }

  public static void timeline(OptionalLong timeline) {
    assertThat(timeline.orElse(1)).isBetween(0L, MAX_TIMELINE);
  }

  public static void position(OptionalLong lsn) {
    assertThat(lsn.orElse(0)).isNotNegative();
  }

  public static void switchover(Switchover switchover) {
    switchover.at().ifPresent(Facts::moment);
  }

  /** Of a year that Python knows; a zone may move it by a day. */
  private static void moment(Instant at) {
    assertThat(at.atOffset(ZoneOffset.UTC).getYear()).isBetween(0, 10_000);
  }
}
