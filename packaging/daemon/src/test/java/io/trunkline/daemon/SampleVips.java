package io.trunkline.daemon;

import io.trunkline.config.DurationHistogram;
import io.trunkline.config.VipConfig;
import io.trunkline.vip.VipReason;
import io.trunkline.vip.VipState;
import io.trunkline.vip.VipStatus;
import io.trunkline.vip.VipTransition;
import io.trunkline.vip.vrrp.Reject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The VIP main, as the node that holds it and as one that waits for it see it. */
public final class SampleVips {
  private static final Instant STARTED = SampleCluster.START;

  private SampleVips() {}

  /** This node is the master. */
  public static VipStatus master() {
    VipTransition last =
        new VipTransition(
            STARTED.plusSeconds(1),
            "main",
            VipState.BACKUP,
            VipState.MASTER,
            VipReason.MASTER_SILENT);
    return status(
        last,
        VipReason.MASTER_SILENT.sentence(),
        Optional.of(new VipStatus.MasterSeen(address("10.0.0.11"), 100)),
        100,
        true);
  }

  /** Another node is the master, and this one does not serve. */
  public static VipStatus aside() {
    VipTransition last =
        new VipTransition(
            STARTED.plusSeconds(2),
            "main",
            VipState.MASTER,
            VipState.BACKUP,
            VipReason.HIGHER_PRIORITY);
    return status(
        last,
        "10.0.0.12 is the master with priority 90, this node has 1; this node does not serve:"
            + " this node can reach neither etcd nor most of the members",
        Optional.of(new VipStatus.MasterSeen(address("10.0.0.12"), 90)),
        1,
        false);
  }

  private static VipStatus status(
      VipTransition last,
      String why,
      Optional<VipStatus.MasterSeen> master,
      int priority,
      boolean serving) {
    return new VipStatus(
        "main",
        "lo",
        List.of(address("192.0.2.10")),
        last.to(),
        last.reason(),
        why,
        last.at(),
        VipConfig.Mode.VRRP,
        master.map(seen -> seen.address().getHostAddress()),
        master,
        OptionalInt.of(priority),
        serving,
        Map.of(VipReason.STARTED, 1L, last.reason(), 1L),
        List.of(
            new VipTransition(
                STARTED, "main", VipState.INITIALIZE, VipState.BACKUP, VipReason.STARTED),
            last),
        new VipStatus.Counts(10, 20, 1, 5, 2, 3),
        Map.of(Reject.CHECKSUM, 4L),
        lateness());
  }

  private static DurationHistogram.Snapshot lateness() {
    Map<Duration, Long> upTo = new LinkedHashMap<>();
    upTo.put(Duration.ofMillis(1), 90L);
    upTo.put(Duration.ofMillis(10), 98L);
    return new DurationHistogram.Snapshot(upTo, 100, Duration.ofMillis(250), Duration.ofMillis(42));
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
