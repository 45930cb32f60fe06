package io.trunkline.loadtest.takeover;

import io.trunkline.loadtest.lab.Faults;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.Node;
import io.trunkline.loadtest.lab.ProxyNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** Strikes the node that has the address, again and again, and says what the probes saw. */
final class TakeoverTrial {
  private static final Duration SETTLING = Duration.ofSeconds(60);
  private static final Duration LIMIT = Duration.ofSeconds(45);

  /** So that the holder has a few of the sessions that the client holds open. */
  private static final Duration HOLDING = Duration.ofSeconds(2);

  private static final Duration STEADY = Duration.ofSeconds(1);

  /** Sessions are held for 20 s; younger ones than this are still held when a trial ends. */
  private static final long HELD = Duration.ofSeconds(12).toMillis() * 1000;

  private final Group group;
  private final Stack stack;
  private final Probes probes;

  /** What the blow did, and to whom. */
  private record Struck(long at, ProxyNode loser, Optional<ProxyNode> winner, long heldFrom) {}

  TakeoverTrial(Group group, Stack stack, Probes probes) {
    this.group = group;
    this.stack = stack;
    this.probes = probes;
  }

  /** One run; returns when the blow is undone. */
  Takeover run(Blow blow) {
    settle();
    Group.sleep(HOLDING);
    try {
      Struck struck =
          switch (blow) {
            case STOP -> strike(stack.terminate());
            case KILL -> strike(stack.kill());
            case FREEZE -> strike(stack.freeze());
            case UNPLUG -> unplug();
            case HEAL -> heal(true);
            case HEAL_HOLDER_LOSES -> heal(false);
          };
      Group.sleep(Duration.ofSeconds(blow.watched()));
      Group.await("new sessions without a pause", LIMIT, () -> probes.steady(STEADY));
      return takeover(blow, struck);
    } finally {
      faults().rejoin();
      if (blow == Blow.STOP) {
        stack.stopOn(group.first()); // it may still drain
      }
      stack.repair(group.first());
    }
  }

  /** Waits until the first node has the address, all others could take it, and clients work. */
  void settle() {
    Group.await(stack.title() + " is settled", SETTLING, stack::settled);
    Group.await("new sessions without a pause", SETTLING, () -> probes.steady(STEADY));
  }

  private Struck strike(String command) {
    long at = Group.strike(group.first(), command);
    return new Struck(at, group.first(), Optional.empty(), at - HELD);
  }

  private Struck unplug() {
    long at = now();
    faults().unplug(group.first());
    return new Struck(at, group.first(), Optional.empty(), at - HELD);
  }

  private Struck heal(boolean farHolderWins) {
    long split = now();
    ProxyNode far = group.first();
    List<Node> others = new ArrayList<>(group.others());
    if (farHolderWins) {
      others.add(probes.client());
      faults().split(List.of(far), others);
    } else {
      others.addAll(group.lab().members());
      faults().split(List.of(far, probes.client()), others);
    }
    Group.await("a second holder", SETTLING, () -> group.holders().size() == 2);
    ProxyNode near = group.holders().stream().filter(n -> !n.equals(far)).findFirst().orElseThrow();
    ProxyNode loser = farHolderWins ? near : far;
    if (farHolderWins) {
      Group.await("sessions through " + near, SETTLING, () -> probes.steady(STEADY));
      Group.sleep(Duration.ofSeconds(3));
    } else {
      TrunklineStack trunkline = (TrunklineStack) stack;
      Group.await(far + " bids 1", SETTLING, () -> trunkline.bid(far) == 1);
    }
    String believed = probes.recording().clientBelieves(now());
    if (!believed.equals(group.mac(loser))) {
      throw new LabException("the client does not believe the loser " + loser + ": " + believed);
    }
    long at = now();
    faults().rejoin();
    return new Struck(
        at, loser, Optional.of(farHolderWins ? far : near), farHolderWins ? split : at - HELD);
  }

  private Takeover takeover(Blow blow, Struck struck) {
    Recording recording = probes.recording();
    long to = now();
    long at = struck.at();
    OptionalLong learnt = OptionalLong.empty();
    if (struck.winner().isPresent()) {
      String mac = group.mac(struck.winner().get());
      learnt = recording.clientLearnt(mac, at).map(moment -> since(at, moment)).orElse(learnt);
    }
    List<Long> ends = recording.ended(struck.heldFrom(), at);
    LongStream after = ends.stream().filter(moment -> moment >= at).mapToLong(Long::longValue);
    return new Takeover(
        stack.title(),
        blow,
        Timeline.longestGap(recording.answered(), at, to, blow.heals()).length() / 1000.0,
        Timeline.longestGap(recording.pinged(), at, to, blow.heals()).length() / 1000.0,
        Timeline.longestOverlap(recording.owners(at, to).values()) / 1000.0,
        Recording.removed(probes.addressLog(struck.loser()), group.address(), at)
            .map(moment -> since(at, moment))
            .orElse(OptionalLong.empty()),
        learnt,
        after.map(moment -> (moment - at) / 1000).max(),
        recording.opened(struck.heldFrom(), at) - ends.size(),
        recording.failed(at, to));
  }

  private static OptionalLong since(long at, long moment) {
    return OptionalLong.of((moment - at) / 1000);
  }

  private Faults faults() {
    return group.lab().faults();
  }

  private static long now() {
    return Recording.micros(Instant.now());
  }
}
