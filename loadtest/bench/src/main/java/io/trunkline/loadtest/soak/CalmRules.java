package io.trunkline.loadtest.soak;

import io.trunkline.loadtest.soak.Finding.Rule;
import io.trunkline.loadtest.soak.History.Calm;
import io.trunkline.loadtest.soak.History.ProxyState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** What must be so at the end of every calm. */
final class CalmRules {
  /** The first calms, and the last ones, that are compared. */
  static final int COMPARED = 3;

  /** Fewer calms do not tell growth from a virtual machine that warms up. */
  static final int ENOUGH = 12;

  private static final int MORE_DESCRIPTORS = 16;
  private static final int MORE_THREADS = 8;
  private static final long MORE_BYTES = 32 << 20;

  private CalmRules() {}

  static List<Finding> check(List<Calm> calms) {
    List<Finding> findings = new ArrayList<>();
    calms.forEach(calm -> settled(calm, findings));
    if (enough(calms)) {
      calms.getFirst().proxies().forEach(state -> growth(state.proxy(), calms, findings));
    }
    return findings;
  }

  /** Whether there are calms enough to tell growth from chance. */
  static boolean enough(List<Calm> calms) {
    return calms.size() >= ENOUGH;
  }

  /** Whether nothing is queued, one proxy holds the VIP, and all are ready. */
  static boolean settled(Calm calm) {
    return check(List.of(calm)).isEmpty();
  }

  private static void settled(Calm calm, List<Finding> findings) {
    List<String> holders = new ArrayList<>();
    for (ProxyState state : calm.proxies()) {
      if (state.queued() > 0) {
        findings.add(new Finding(Rule.QUEUED, calm.at(), state.proxy() + " has " + state.queued()));
      }
      if (!state.ready()) {
        findings.add(new Finding(Rule.NOT_READY, calm.at(), state.proxy() + ": " + state.why()));
      }
      if (state.holds()) {
        holders.add(state.proxy());
      }
    }
    if (holders.size() != 1) {
      findings.add(new Finding(Rule.HOLDERS, calm.at(), holders.toString()));
    }
  }

  private static void growth(String proxy, List<Calm> calms, List<Finding> findings) {
    List<ProxyState> states =
        calms.stream()
            .flatMap(calm -> calm.proxies().stream())
            .filter(state -> state.proxy().equals(proxy))
            .toList();
    compare("descriptors", states, ProxyState::otherDescriptors, MORE_DESCRIPTORS, calms, findings);
    compare("threads", states, ProxyState::threads, MORE_THREADS, calms, findings);
    long heap = most(states.subList(0, COMPARED), ProxyState::heap);
    compare("bytes of heap", states, ProxyState::heap, MORE_BYTES + heap / 4, calms, findings);
    // Of what is resident, some is heap that is free and has not been given back.
    long resident = most(states.subList(0, COMPARED), ProxyState::resident);
    long more = 2 * MORE_BYTES + resident / 2;
    compare("resident bytes", states, ProxyState::resident, more, calms, findings);
  }

  /** Growth is where each of the last calms is above all of the first ones. */
  private static void compare(
      String what,
      List<ProxyState> states,
      ToLongFunction<ProxyState> number,
      long more,
      List<Calm> calms,
      List<Finding> findings) {
    long before = most(states.subList(0, COMPARED), number);
    long after =
        states.subList(states.size() - COMPARED, states.size()).stream()
            .mapToLong(number)
            .min()
            .orElseThrow();
    if (after > before + more) {
      findings.add(
          new Finding(
              Rule.GROWTH,
              calms.getLast().at(),
              "%s: %d %s at least in the last %d calms, %d at most in the first"
                  .formatted(states.getFirst().proxy(), after, what, COMPARED, before)));
    }
  }

  private static long most(List<ProxyState> states, ToLongFunction<ProxyState> number) {
    return states.stream().mapToLong(number).max().orElseThrow();
  }
}
