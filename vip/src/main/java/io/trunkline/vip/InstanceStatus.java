package io.trunkline.vip;

import io.trunkline.config.Cidr;
import io.trunkline.config.VipConfig;
import io.trunkline.vip.VipStatus.MasterSeen;
import io.trunkline.vip.claim.Claim;
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

/** Puts a status together, and says why in a sentence. */
final class InstanceStatus {
  private InstanceStatus() {}

  static VipStatus of(
      VipConfig config,
      VrrpState state,
      Bidding bidding,
      @Nullable String refusal,
      String servingWhy,
      History history,
      Counters counters,
      Instant started,
      TimerLateness.Snapshot lateness) {
    // A master whose addresses another host uses now is none.
    Optional<MasterSeen> master = refusal == null ? master(state) : Optional.empty();
    return new VipStatus(
        config.name(),
        config.networkInterface(),
        config.allAddresses().stream().map(Cidr::address).toList(),
        VipState.of(state),
        history.reason(),
        why(state, master, bidding, refusal, servingWhy, history),
        history.since(started),
        config.mode(),
        master.map(MasterSeen::address).map(InetAddress::getHostAddress),
        master,
        OptionalInt.of(bidding.priority()),
        bidding.serving(),
        counters.transitions(),
        history.recent(),
        counters.snapshot(),
        counters.rejected(),
        lateness);
  }

  static VipStatus of(
      VipConfig config,
      HolderState state,
      Claimant claimant,
      Bidding bidding,
      String servingWhy,
      History history,
      Counters counters,
      Instant started,
      TimerLateness.Snapshot lateness) {
    boolean leader = config.mode() == VipConfig.Mode.LEADER;
    boolean serving = leader ? state.claim() instanceof Claim.Valid : bidding.serving();
    String not = leader || serving ? "" : "; this node does not serve: " + servingWhy;
    String remark = claimant.remark().isEmpty() ? "" : "; " + claimant.remark();
    return new VipStatus(
        config.name(),
        config.networkInterface(),
        config.allAddresses().stream().map(Cidr::address).toList(),
        VipState.of(state),
        history.reason(),
        why(config, state, claimant, history) + not + remark,
        history.since(started),
        config.mode(),
        claimant.holder(),
        Optional.empty(),
        OptionalInt.empty(),
        serving,
        counters.transitions(),
        history.recent(),
        counters.snapshot(),
        counters.rejected(),
        lateness);
  }

  private static String why(
      VipConfig config, HolderState state, Claimant claimant, History history) {
    return switch (state) {
      case Out _ -> history.reason().sentence();
      case Holding _ -> state.claim().reason().sentence();
      case Waiting _ ->
          claimant
              .holder()
              .map(holder -> holder + " has the addresses")
              .orElse(
                  config.mode() == VipConfig.Mode.LEADER
                      ? state.claim().reason().sentence()
                      : history.reason().sentence());
    };
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

  private static String why(
      VrrpState state,
      Optional<MasterSeen> master,
      Bidding bidding,
      @Nullable String refusal,
      String servingWhy,
      History history) {
    String reason = refusal == null ? history.reason().sentence() : refusal;
    String not = bidding.serving() ? "" : "; this node does not serve: " + servingWhy;
    return switch (state) {
      case Initialize _ -> reason;
      case Master _ -> reason + not;
      case Backup backup ->
          master
                  .map(
                      seen ->
                          "%s is the master with priority %d, this node has %d"
                              .formatted(
                                  seen.address().getHostAddress(),
                                  seen.priority(),
                                  bidding.priority()))
                  .orElse(reason)
              + waits(backup)
              + not;
    };
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
