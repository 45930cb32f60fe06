package io.trunkline.loadtest.takeover;

import io.trunkline.loadtest.verdict.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** Takeovers as a Markdown table: medians (least–most), in milliseconds. */
final class TakeoverReport {
  private TakeoverReport() {}

  static String markdown(List<Takeover> takeovers) {
    StringBuilder table =
        new StringBuilder(
            """
            | event | by | runs | new sessions: gap | pings: gap | two owners | address gone from \
            the loser | clients' ARP entry right | held sessions ended | attempts failed |
            |---|---|---|---|---|---|---|---|---|---|
            """);
    Map<String, List<Takeover>> groups = new LinkedHashMap<>();
    for (Blow blow : Blow.values()) {
      takeovers.stream()
          .filter(each -> each.blow() == blow)
          .forEach(
              each ->
                  groups
                      .computeIfAbsent(blow.title() + " | " + each.stack(), _ -> new ArrayList<>())
                      .add(each));
    }
    groups.forEach((title, group) -> table.append(row(title, group)));
    return table.toString();
  }

  private static String row(String title, List<Takeover> group) {
    Map<String, Long> failed = new TreeMap<>();
    group.forEach(
        each -> each.failed().forEach((why, count) -> failed.merge(why, count, Long::sum)));
    boolean cutOff = group.getFirst().blow() == Blow.UNPLUG; // nobody can tell it to let go
    long stayed = cutOff ? 0 : group.stream().filter(each -> each.gone().isEmpty()).count();
    long left = group.stream().mapToLong(Takeover::heldLeft).sum();
    return "| %s | %d | %s | %s | %s | %s | %s | %s | %s |\n"
        .formatted(
            title,
            group.size(),
            figure(group, Takeover::sessionGap),
            figure(group, Takeover::pingGap),
            figure(group, Takeover::twoOwners),
            figure(group.stream().flatMapToDouble(each -> each.gone().stream().asDoubleStream()))
                + (stayed > 0 ? ", stayed in " + stayed : ""),
            figure(group.stream().flatMapToDouble(each -> each.learnt().stream().asDoubleStream())),
            figure(
                    group.stream()
                        .flatMapToDouble(each -> each.heldEnded().stream().asDoubleStream()))
                + (left > 0 ? ", " + left + " not" : ""),
            failed.isEmpty() ? "0" : failed.toString());
  }

  private static String figure(List<Takeover> group, ToDoubleFunction<Takeover> figure) {
    return figure(group.stream().mapToDouble(figure));
  }

  private static String figure(DoubleStream values) {
    double[] all = values.toArray();
    return all.length == 0 ? "–" : Spread.of(DoubleStream.of(all)).text(0);
  }
}
