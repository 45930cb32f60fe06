package io.trunkline.healthcheck.timeline;

import io.trunkline.healthcheck.common.Journal;
import io.trunkline.routing.EventName;
import io.trunkline.routing.TimelineMark;
import io.trunkline.routing.TimelineMark.Regression;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The timeline high-water mark of a cluster, and the finding that its leader is below it.
 *
 * <p>Only what a confirmed primary says of its timeline, and Patroni's own history, raise the mark:
 * a replica that is about to be promoted is still on the old one. A confirmed primary is the member
 * that the leader key names; without etcd, the only one that says it holds the lock.
 */
public final class TimelineTracker {
  /** Each promotion adds one; more than this many at once, nobody has seen. */
  public static final int MAX_RISE = 10;

  private final Journal journal;
  private String systemId = "";
  private long timeline;
  private Optional<String> member = Optional.empty();
  private Optional<Regression> regression = Optional.empty();
  private long acceptedHistory;
  private long raisedIn;
  private Optional<String> leader = Optional.empty();
  private SortedMap<String, Long> implausible = Collections.emptySortedMap();

  public TimelineTracker(Journal journal) {
    this.journal = journal;
  }

  /**
   * What outlives the process.
   *
   * @param systemId PostgreSQL's system identifier
   * @param timeline the mark
   * @param member whose it was; empty when only history told
   * @param acceptedHistory histories up to this revision were overruled by an operator
   * @param leader whom the leader key named last, or who was promoted after that; empty when
   *     neither was seen
   */
  public record Saved(
      String systemId,
      long timeline,
      Optional<String> member,
      long acceptedHistory,
      Optional<String> leader) {
    public static final Saved NONE = new Saved("", 0, Optional.empty(), 0, Optional.empty());
  }

  public TimelineMark mark() {
    return new TimelineMark(systemId, timeline, member, regression, succeeded());
  }

  private boolean succeeded() {
    return member.isPresent() && leader.isPresent() && !leader.equals(member);
  }

  public Saved saved() {
    return new Saved(systemId, timeline, member, acceptedHistory, leader);
  }

  public void restore(Saved saved) {
    systemId = saved.systemId();
    timeline = saved.timeline();
    member = saved.member();
    acceptedHistory = saved.acceptedHistory();
    leader = saved.leader();
  }

  /** The cluster's system identifier; marks of another one do not count. */
  public void systemId(String id) {
    if (!id.equals(systemId)) {
      if (!systemId.isEmpty()) {
        timeline = 0;
        member = Optional.empty();
        regression = Optional.empty();
        acceptedHistory = 0;
        leader = Optional.empty();
      }
      systemId = id;
    }
  }

  /**
   * A confirmed primary was seen on that timeline.
   *
   * @param holding etcd's revision of the change that gave it the leader key; 0 without etcd
   */
  public void primary(String name, long seen, long holding) {
    if (seen > timeline) {
      timeline = seen;
      member = Optional.of(name);
      raisedIn = holding;
      leader = member;
    } else if (seen < timeline && member.equals(Optional.of(name)) && takenBack(holding)) {
      tellImplausible(name, timeline, seen);
      timeline = seen;
    }
  }

  /**
   * Whether who raised the mark has held the key ever since: a primary does not go back, so what it
   * said was false.
   */
  private boolean takenBack(long holding) {
    return holding != 0 && holding == raisedIn;
  }

  /** Patroni's history tells that the cluster is at least on that timeline. */
  public void history(OptionalLong seen, long revision) {
    if (revision > acceptedHistory && seen.isPresent() && seen.getAsLong() > timeline) {
      timeline = seen.getAsLong();
      member = Optional.empty();
      raisedIn = 0;
    }
  }

  /** The leader key has come to name that member. */
  public void keyGoesTo(String name) {
    leader = Optional.of(name);
  }

  /**
   * The member that the leader key names is a confirmed primary on that timeline.
   *
   * @param known whether a member of that name still belongs to the cluster
   */
  public void leader(String name, long seen, Predicate<String> known) {
    if (!mark().branchedOff(name, seen, known)) {
      if (regression.isPresent()) {
        journal.tell(EventName.TIMELINE_REGRESSION_CLEARED, "member", name, "timeline", seen);
      }
      regression = Optional.empty();
      return;
    }
    Optional<Regression> found = Optional.of(new Regression(name, seen));
    if (!found.equals(regression)) {
      regression = found;
      journal.tell(
          EventName.TIMELINE_REGRESSION,
          "member",
          name,
          "timeline",
          seen,
          "highest",
          timeline,
          "seen_on",
          member.orElse("history"));
    }
  }

  /** What members say of their timelines now that cannot be; told when it begins. */
  public void implausible(SortedMap<String, Long> now) {
    now.forEach(
        (name, claimed) -> {
          if (!implausible.containsKey(name)) {
            tellImplausible(name, claimed, timeline);
          }
        });
    implausible = now;
  }

  private void tellImplausible(String name, long claimed, long highest) {
    journal.tell(
        EventName.TIMELINE_IMPLAUSIBLE, "member", name, "timeline", claimed, "highest", highest);
  }

  /** For people. */
  public void problems(Consumer<String> to) {
    implausible.forEach(
        (member, claimed) ->
            to.accept(
                "member "
                    + member
                    + ": REST: says that it is on timeline "
                    + claimed
                    + ", which cannot be: it does not count"));
  }

  /**
   * An operator takes the regression for the truth; or, where there is none, that the member which
   * has been succeeded leads again.
   */
  public void accept(long historyRevision) {
    if (regression.isEmpty() && succeeded()) {
      leader = member;
      tellAccepted(leader.orElseThrow(), timeline);
    }
    regression.ifPresent(
        accepted -> {
          tellAccepted(accepted.member(), accepted.timeline());
          timeline = accepted.timeline();
          member = Optional.of(accepted.member());
          regression = Optional.empty();
          acceptedHistory = historyRevision;
        });
  }

  private void tellAccepted(String name, long on) {
    journal.tell(
        EventName.TIMELINE_ACCEPTED, "member", name, "timeline", on, "instead_of", timeline);
  }
}
