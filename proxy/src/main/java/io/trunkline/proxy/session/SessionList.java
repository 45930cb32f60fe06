package io.trunkline.proxy.session;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Some sessions, the oldest first.
 *
 * @param sessions as many as were asked for
 * @param matching how many there are
 */
public record SessionList(List<SessionInfo> sessions, int matching) {
  private static final Comparator<SessionInfo> OLDEST_FIRST =
      Comparator.comparing(SessionInfo::since).thenComparingLong(SessionInfo::id);

  public SessionList {
    sessions = List.copyOf(sessions);
  }

  /** The oldest of all lists. */
  static SessionList merged(Collection<SessionList> lists, int limit) {
    return new SessionList(
        lists.stream()
            .flatMap(list -> list.sessions().stream())
            .sorted(OLDEST_FIRST)
            .limit(limit)
            .toList(),
        lists.stream().mapToInt(SessionList::matching).sum());
  }

  /** Keeps the oldest of what comes by. */
  static final class Collector {
    private final SessionFilter filter;
    private final int limit;
    private final PriorityQueue<SessionInfo> oldest = new PriorityQueue<>(OLDEST_FIRST.reversed());
    private int matching;

    Collector(SessionFilter filter, int limit) {
      this.filter = filter;
      this.limit = limit;
    }

    void add(SessionInfo session) {
      if (filter.matches(session)) {
        matching++;
        oldest.add(session);
        if (oldest.size() > limit) {
          oldest.poll();
        }
      }
    }

    SessionList list() {
      return new SessionList(new ArrayList<>(oldest), matching);
    }
  }
}
