package io.trunkline.loadtest.takeover;

import io.trunkline.loadtest.lab.ProxyNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * From keepalived and HAProxy to Trunkline, one node at a time, the one with the address last,
 * while clients work.
 */
final class Migration {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration STEADY = Duration.ofSeconds(2);

  private final Group group;
  private final Probes probes;
  private final ClassicStack before;
  private final TrunklineStack after;

  /**
   * What clients saw while a node was migrated.
   *
   * @param gap the longest time between two new sessions that were answered, in milliseconds
   * @param failed attempts that failed, by cause
   * @param attempts that succeeded
   * @param heldEnded sessions held open that were ended
   */
  record Step(String node, double gap, Map<String, Long> failed, long attempts, long heldEnded) {
    String markdown() {
      return "| %s | %.0f | %d | %s | %d |%n"
          .formatted(node, gap, attempts, failed.isEmpty() ? "0" : failed, heldEnded);
    }
  }

  Migration(Group group, Probes probes) {
    this.group = group;
    this.probes = probes;
    before = new ClassicStack(group, false);
    after = TrunklineStack.asKeepalived(group);
  }

  /** Starts the old stack, migrates every node, and leaves Trunkline running. */
  List<Step> run() {
    before.start();
    new TakeoverTrial(group, before, probes).settle();
    List<Step> steps = new ArrayList<>();
    for (ProxyNode node : group.nodes().reversed()) {
      steps.add(migrate(node));
    }
    return steps;
  }

  private Step migrate(ProxyNode node) {
    long from = now();
    before.stopOn(node);
    after.startOn(node);
    Group.await(
        node + " runs Trunkline and " + group.first() + " has the address",
        LIMIT,
        () -> after.inItsPlace(node) && group.holders().equals(List.of(group.first())));
    Group.await("new sessions without a pause", LIMIT, () -> probes.steady(STEADY));
    long to = now();
    Recording recording = probes.recording();
    return new Step(
        node.name(),
        Timeline.longestGap(recording.answered(), from, to, false).length() / 1000.0,
        recording.failed(from, to),
        recording.answered().stream().filter(at -> from <= at && at <= to).count(),
        recording.ended(0, to).stream().filter(at -> at >= from).count());
  }

  static String markdown(List<Step> steps) {
    StringBuilder table =
        new StringBuilder(
            """
            | migrated | new sessions: gap | answered | failed | held sessions ended |
            |---|---|---|---|---|
            """);
    steps.forEach(step -> table.append(step.markdown()));
    return table.toString();
  }

  private static long now() {
    return Recording.micros(Instant.now());
  }
}
