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
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** Strikes the node that has the address, again and again, and says what the probes saw. */
final class TakeoverTrial {
  private static final Duration SETTLING = Duration.ofMinutes(3);
  private static final Duration LIMIT = Duration.ofMinutes(3);

  /** So that the holder has a few of the sessions that the client holds open. */
  private static final Duration HOLDING = Duration.ofSeconds(2);

  private static final Duration STEADY = Duration.ofSeconds(1);

  private final Group group;
  private final Stack stack;
  private final Probes probes;

  /** What the blow did, to whom, and since when the sessions held open were the loser's. */
  private record Struck(long at, ProxyNode loser, Optional<ProxyNode> winner, long heldFrom) {}

  TakeoverTrial(Group group, Stack stack, Probes probes) {
    this.group = group;
    this.stack = stack;
    this.probes = probes;
  }

  /** One run; returns when the blow is undone. */
  Takeover run(Blow blow) {
    settle();
    long settled = now();
    Group.sleep(HOLDING);
    try {
      Struck struck =
          switch (blow) {
            case STOP -> strike(stack.terminate(), settled);
            case STOP_TO_COLD -> stopWhereTheOthersAreCold();
            case FAIL_BACK -> failBack();
            case DRAIN -> strike(TrunklineStack.command("drain"), settled);
            case KILL -> strike(stack.kill(), settled);
            case FREEZE -> strike(stack.freeze(), settled);
            case UNPLUG -> unplug(settled);
            case HEAL -> healWhereTheFarHolderWins();
            case HEAL_HOLDER_LOSES -> healWhereTheFarHolderLoses(settled);
          };
      Group.sleep(Duration.ofSeconds(blow.watched()));
      Group.await("new sessions without a pause", LIMIT, () -> probes.steady(STEADY));
      return takeover(blow, struck);
    } finally {
      faults().rejoin();
      if (blow == Blow.STOP || blow == Blow.STOP_TO_COLD) {
        stack.stopOn(group.first()); // it may still drain
      }
      if (blow == Blow.DRAIN) {
        Group.strike(group.first(), TrunklineStack.command("undrain"));
      }
      stack.repair(group.first());
    }
  }

  /** Waits until the first node has the address, all others could take it, and clients work. */
  void settle() {
    Group.await(stack.title() + " is settled", SETTLING, stack::settled);
    Group.await("new sessions without a pause", SETTLING, () -> probes.steady(STEADY));
  }

  private Struck strike(String command, long settled) {
    long at = Group.strike(group.first(), command);
    return new Struck(at, group.first(), Optional.empty(), settled);
  }

  private Struck stopWhereTheOthersAreCold() {
    group.others().forEach(stack::stopOn);
    group.others().forEach(stack::startOn);
    Group.await(stack.title() + " is settled", SETTLING, stack::settled);
    return strike(stack.terminate(), now());
  }

  private Struck failBack() {
    ProxyNode first = group.first();
    stack.stopOn(first);
    Group.await("another holder", SETTLING, () -> group.holders().size() == 1);
    ProxyNode other = group.holders().getFirst();
    Group.await("sessions through " + other, SETTLING, () -> probes.steady(STEADY));
    long at = now();
    Group.sleep(HOLDING);
    stack.startOn(first);
    Group.await(first + " has the address", SETTLING, stack::settled);
    return new Struck(at, other, Optional.of(first), at);
  }

  private Struck unplug(long settled) {
    long at = Recording.micros(faults().unplug(group.first()));
    return new Struck(at, group.first(), Optional.empty(), settled);
  }

  /** The clients are with the nodes of lower priority. */
  private Struck healWhereTheFarHolderWins() {
    ProxyNode far = group.first();
    List<Node> others = new ArrayList<>(group.others());
    others.add(probes.client());
    faults().split(List.of(far), others);
    ProxyNode near = secondHolder();
    long elected = now();
    Group.await("sessions through " + near, SETTLING, () -> probes.steady(STEADY));
    Group.sleep(HOLDING);
    return rejoin(near, far, elected, faults()::rejoin);
  }

  /**
   * The clients are with the node of the highest priority, which cannot reach the cluster; nor can
   * it when the nodes see each other again, or it would bid its full priority at once.
   */
  private Struck healWhereTheFarHolderLoses(long settled) {
    ProxyNode far = group.first();
    List<Node> others = new ArrayList<>(group.others());
    others.addAll(group.lab().members());
    faults().split(List.of(far, probes.client()), others);
    ProxyNode near = secondHolder();
    TrunklineStack trunkline = (TrunklineStack) stack;
    Group.await(far + " bids 1", SETTLING, () -> trunkline.bid(far) == 1);
    Supplier<Instant> heal = () -> faults().split(List.of(far), group.lab().members());
    return rejoin(far, near, settled, heal);
  }

  private ProxyNode secondHolder() {
    Group.await("a second holder", SETTLING, () -> group.holders().size() == 2);
    return group.holders().getLast();
  }

  /** The client must believe the loser: how it is told of the winner is what is measured. */
  private Struck rejoin(ProxyNode loser, ProxyNode winner, long heldFrom, Supplier<Instant> heal) {
    String believed = probes.recording().clientBelieves(now());
    if (!believed.equals(group.mac(loser))) {
      throw new LabException("the client does not believe the loser " + loser + ": " + believed);
    }
    long at = Recording.micros(heal.get());
    return new Struck(at, loser, Optional.of(winner), heldFrom);
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
