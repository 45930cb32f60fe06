package io.trunkline.loadtest.logins;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.LabOptions;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.ProxyKind;
import io.trunkline.loadtest.lab.ProxyNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * So many clients at once at a cluster whose members have so much of a processor each: {@code
 * Logins CLIENTS PROCESSORS LIMIT ...}, where a limit is {@code adaptive} or a number for {@code
 * max_logins}. Prints how many were served and how fast with each limit, and fails if any was
 * refused with the adaptive one, if that was more than a tenth slower than the best number, or if
 * the cluster was harmed: it must have the same leader, and its replicas must stream.
 */
public final class Logins {
  private static final String ADAPTIVE = "adaptive";

  /**
   * For Patroni, replication and the lab: a client that has left has its place until its backend
   * has ended.
   */
  private static final int RESERVE = 100;

  private static final double A_TENTH_LESS = 0.9;
  private static final Duration SERVING = Duration.ofSeconds(60);

  private Logins() {}

  /**
   * @param args the number of clients, the processors of each member, and the limits
   */
  public static void main(String[] args) throws InterruptedException {
    int clients = Integer.parseInt(args[0]);
    double processors = Double.parseDouble(args[1]);
    List<Burst> bursts = new ArrayList<>();
    List<String> harm = new ArrayList<>();
    System.out.println("Building a cluster of three members and a proxy.");
    try (Lab lab =
        Lab.start(
            LabOptions.plain()
                .withMaxConnections(clients + RESERVE)
                .withProxies(ProxyKind.TRUNKLINE))) {
      ProxyNode proxy = lab.proxy(1);
      lab.awaitServing(5000, SERVING);
      lab.members().forEach(member -> member.limitProcessors(processors));
      System.out.printf(
          Locale.ROOT, "%d clients at once, %.2f processors a member%n", clients, processors);
      System.out.println("| limit | served | refused | took | logins/s |\n|-|-|-|-|-|");
      for (String limit : List.of(args).subList(2, args.length)) {
        proxy.configure(configuration(lab, limit));
        proxy.restart();
        lab.awaitServing(5000, SERVING);
        String leader = leader(lab);
        Burst burst = Burst.run(limit, lab.target(proxy, 5000), clients);
        bursts.add(burst);
        System.out.println(burst.row());
        burst.refused().forEach((why, count) -> System.out.println("  " + count + "x " + why));
        harm(lab, leader).ifPresent(what -> harm.add(limit + ": " + what));
      }
    }
    harm.forEach(System.out::println);
    System.exit(verdict(bursts, harm) ? 0 : 1);
  }

  private static String configuration(Lab lab, String limit) {
    String file = lab.trunklineFile("proxy1", "");
    return limit.equals(ADAPTIVE)
        ? file
        : file.replace("    namespace:", "    max_logins: " + limit + "\n    namespace:");
  }

  private static String leader(Lab lab) {
    return lab.patroni().leader().orElseThrow(() -> new LabException("there is no leader key"));
  }

  /** What the burst has done to the cluster, if anything. */
  private static Optional<String> harm(Lab lab, String before) {
    String after = leader(lab);
    if (!after.equals(before)) {
      return Optional.of("the leader key went from " + before + " to " + after);
    }
    Member primary = lab.primary();
    String streaming =
        primary.sql("select count(*) from pg_stat_replication where state = 'streaming'");
    return streaming.equals(String.valueOf(lab.members().size() - 1))
        ? Optional.empty()
        : Optional.of(streaming + " replicas stream");
  }

  private static boolean verdict(List<Burst> bursts, List<String> harm) {
    Optional<Burst> best =
        bursts.stream()
            .filter(burst -> !burst.limit().equals(ADAPTIVE) && burst.refused().isEmpty())
            .max(Comparator.comparingDouble(Burst::perSecond));
    boolean good = harm.isEmpty();
    for (Burst burst : bursts) {
      if (!burst.limit().equals(ADAPTIVE)) {
        continue;
      }
      good &= burst.refused().isEmpty();
      if (best.isPresent()) {
        double share = burst.perSecond() / best.get().perSecond();
        System.out.printf(
            Locale.ROOT,
            "adaptive: %.0f %% of the best constant limit, %s%n",
            100 * share,
            best.get().limit());
        good &= share >= A_TENTH_LESS;
      }
    }
    return good;
  }
}
