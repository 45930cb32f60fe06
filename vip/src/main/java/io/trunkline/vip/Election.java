package io.trunkline.vip;

import io.trunkline.config.VipConfig;
import io.trunkline.vip.VipStatus.MasterSeen;
import io.trunkline.vip.claim.Claim;
import io.trunkline.vip.claim.Claimant;
import io.trunkline.vip.claim.HolderState;
import io.trunkline.vip.claim.Holding;
import io.trunkline.vip.claim.Out;
import io.trunkline.vip.claim.Waiting;
import io.trunkline.vip.vrrp.Backoff;
import io.trunkline.vip.vrrp.Backup;
import io.trunkline.vip.vrrp.Bid;
import io.trunkline.vip.vrrp.Initialize;
import io.trunkline.vip.vrrp.Master;
import io.trunkline.vip.vrrp.VrrpState;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How the election of one VIP stands, as this node sees it.
 *
 * @param why a sentence: why this node is, or is not, the master
 */
record Election(
    VipState state,
    String why,
    Optional<String> holder,
    Optional<MasterSeen> master,
    OptionalInt priority,
    boolean serving) {

  /**
   * In mode vrrp.
   *
   * @param refusal why this node does not take the addresses of a silent master; null: it would
   */
  static Election of(
      VrrpState state, Bidding bid, @Nullable String refusal, String servingWhy, History history) {
    // A master whose addresses another host uses now is none.
    Optional<MasterSeen> master = refusal == null ? master(state) : Optional.empty();
    String reason = refusal == null ? history.reason().sentence() : refusal;
    String not = bid.serving() ? "" : notServing(servingWhy);
    String why =
        switch (state) {
          case Initialize _ -> reason;
          case Master _ -> reason + not;
          case Backup backup ->
              master.map(seen -> lowerThan(seen, bid)).orElse(reason) + waits(backup) + not;
        };
    return new Election(
        VipState.of(state),
        why,
        master.map(MasterSeen::address).map(InetAddress::getHostAddress),
        master,
        OptionalInt.of(bid.priority()),
        bid.serving());
  }

  /** Where a claimant decides. */
  static Election of(
      VipConfig.Mode mode,
      HolderState state,
      Claimant claimant,
      Bidding bid,
      String servingWhy,
      History history) {
    boolean leader = mode == VipConfig.Mode.LEADER;
    boolean serving = leader ? state.claim() instanceof Claim.Valid : bid.serving();
    String claimed = state.claim().reason().sentence();
    String last = history.reason().sentence();
    String why =
        switch (state) {
          case Out _ -> last;
          case Holding _ -> claimed;
          case Waiting _ ->
              claimant
                  .holder()
                  .map(holder -> holder + " has the addresses")
                  .orElse(leader ? claimed : last);
        };
    String not = leader || serving ? "" : notServing(servingWhy);
    String remark = claimant.remark().isEmpty() ? "" : "; " + claimant.remark();
    return new Election(
        VipState.of(state),
        why + not + remark,
        claimant.holder(),
        Optional.empty(),
        OptionalInt.empty(),
        serving);
  }

  private static String notServing(String why) {
    return "; this node does not serve: " + why;
  }

  private static Optional<MasterSeen> master(VrrpState state) {
    return switch (state) {
      case Initialize _ -> Optional.empty();
      case Backup backup ->
          Optional.ofNullable(backup.master())
              .filter(heard -> heard.priority() != Bid.RELEASE)
              .map(heard -> new MasterSeen(heard.source(), heard.priority()));
      case Master master ->
          Optional.of(new MasterSeen(master.bid().local(), master.bid().priority()));
    };
  }

  private static String lowerThan(MasterSeen master, Bidding bid) {
    return "%s is the master with priority %d, this node has %d"
        .formatted(master.address().getHostAddress(), master.priority(), bid.priority());
  }

  private static String waits(Backup backup) {
    Backoff backoff = backup.bid().backoff();
    if (backup.preemptAt().equals(Instant.MAX)) {
      return "";
    }
    return backup.preemptAt().equals(backoff.until())
        ? "; this node does not take over before %s, because it was frozen or hung%s"
            .formatted(backoff.until(), backoff.failures() == 1 ? "" : again(backoff))
        : "; preempt_delay ends at " + backup.preemptAt();
  }

  private static String again(Backoff backoff) {
    return " %d times recently".formatted(backoff.failures());
  }
}
