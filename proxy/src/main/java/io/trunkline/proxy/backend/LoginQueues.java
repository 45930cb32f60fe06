package io.trunkline.proxy.backend;

import io.trunkline.config.HostPort;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.Pick;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The logins of this process at the members of one cluster and their poolers. Safe to use from
 * several threads.
 */
final class LoginQueues {
  private final LongSupplier nanoTime;
  private volatile OptionalInt constant;
  private final AtomicLong tickets = new AtomicLong();
  private final Map<Place, LoginQueue> queues = new ConcurrentHashMap<>();

  /** A pooler beside a member has a queue of its own. */
  private record Place(String member, HostPort address) {}

  /**
   * @param constant how many may be under way at one member, where that is configured
   * @param nanoTime a steady time
   */
  LoginQueues(OptionalInt constant, LongSupplier nanoTime) {
    this.constant = constant;
    this.nanoTime = nanoTime;
  }

  LoginQueue at(Pick.To to) {
    Place place = new Place(to.target().member(), to.address());
    LoginQueue queue = queues.get(place);
    return queue != null
        ? queue
        : queues.computeIfAbsent(place, _ -> new LoginQueue(() -> constant, nanoTime));
  }

  /** From now on so many may be under way at one member, whatever it was. */
  void constant(OptionalInt configured) {
    constant = configured;
  }

  /** The place in the line of a client that comes now. */
  long nextTicket() {
    return tickets.incrementAndGet();
  }

  /** Forgets the members that are not in that view, once nobody is left there. */
  void keep(ClusterView view) {
    queues
        .entrySet()
        .removeIf(
            entry ->
                entry.getValue().idle()
                    && view.member(entry.getKey().member())
                        .filter(member -> member.isAt(entry.getKey().address()))
                        .isEmpty());
  }

  /** What there is at each member, by its name. */
  Map<String, LoginStats> stats() {
    Map<String, LoginStats> stats = new TreeMap<>();
    queues.forEach(
        (place, queue) ->
            stats.merge(
                place.member(),
                new LoginStats(queue.underWay(), queue.queued(), queue.limit()),
                LoginStats::plus));
    return stats;
  }
}
