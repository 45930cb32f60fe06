package io.trunkline.healthcheck.dcs;

import io.trunkline.healthcheck.common.Journal;
import io.trunkline.healthcheck.patroni.MemberFacts;
import io.trunkline.healthcheck.patroni.Switchover;
import io.trunkline.routing.EventName;
import io.trunkline.routing.FailoverKey;
import io.trunkline.routing.LeaderKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What the keys of a cluster mean, and since when. Kept as it was while etcd is lost. */
public final class DcsState {
  private final Cell<Optional<String>> leaderCell =
      new Cell<>(Keys.LEADER, Optional.empty(), text -> Optional.of(KeyParsers.leader(text)));
  private final Cell<Optional<Switchover>> failoverCell =
      new Cell<>(Keys.FAILOVER, Optional.empty(), KeyParsers::failover);
  private final Cell<Set<String>> sync = new Cell<>(Keys.SYNC, Set.of(), KeyParsers::sync);
  private final Cell<OptionalLong> status =
      new Cell<>(Keys.STATUS, OptionalLong.empty(), KeyParsers::status);
  private final Cell<OptionalLong> optime =
      new Cell<>(Keys.OPTIME, OptionalLong.empty(), KeyParsers::optime);
  private final Cell<Boolean> maintenance = new Cell<>(Keys.CONFIG, false, KeyParsers::maintenance);
  private final Cell<Optional<Duration>> failoverTime =
      new Cell<>(Keys.CONFIG, Optional.empty(), text -> Optional.of(KeyParsers.failoverTime(text)));
  private final Cell<Optional<String>> initialize =
      new Cell<>(Keys.INITIALIZE, Optional.empty(), KeyParsers::initialize);
  private final Cell<OptionalLong> history =
      new Cell<>(Keys.HISTORY, OptionalLong.empty(), KeyParsers::history);
  private final List<Cell<?>> others = List.of(sync, status, optime, initialize, history);

  /** Those whose problems are told; {@link #failoverTime} has that of {@link #maintenance}. */
  private final List<Cell<?>> told =
      Stream.concat(Stream.of(leaderCell, failoverCell, maintenance), others.stream()).toList();

  private final Journal journal;
  private final DcsMembers members;
  private Optional<LeaderKey> leader = Optional.empty();
  private long holdingRevision;
  private String lastLeader = "none";
  private Optional<FailoverKey> failover = Optional.empty();
  private boolean known;

  public DcsState(Journal journal) {
    this.journal = journal;
    this.members = new DcsMembers(journal);
  }

  /** Takes over what the keys say now. Whether it calls for asking every member at once. */
  public boolean refresh(KeySpace keys, Instant now) {
    known = true;
    boolean urgent = refreshLeader(keys, now);
    urgent |= refreshFailover(keys, now);
    urgent |= refreshPaused(keys);
    boolean _ = failoverTime.refresh(keys); // what is unreadable is told of the same key above
    for (Cell<?> cell : others) {
      if (cell.refresh(keys)) {
        unreadable(cell);
      }
    }
    members.refresh(keys);
    return urgent;
  }

  /** Whether etcd has ever said anything. */
  public boolean known() {
    return known;
  }

  public Optional<LeaderKey> leader() {
    return leader;
  }

  /** The revision of the change that gave the key to its holder. */
  public long holdingRevision() {
    return holdingRevision;
  }

  public Optional<FailoverKey> failover() {
    return failover;
  }

  public Set<String> syncStandbys() {
    return sync.value();
  }

  public boolean maintenance() {
    return maintenance.value();
  }

  /** How long Patroni may need to replace a primary that is gone; empty when that is not known. */
  public Optional<Duration> failoverTime() {
    return failoverTime.value();
  }

  /** The leader's WAL position as it last wrote it. */
  public OptionalLong optime() {
    return status.value().isPresent() ? status.value() : optime.value();
  }

  public Optional<String> systemId() {
    return initialize.value();
  }

  /** The timeline that the cluster is on at least. */
  public OptionalLong historyTimeline() {
    return history.value();
  }

  public long historyRevision() {
    return history.modRevision();
  }

  public SortedMap<String, MemberFacts> members() {
    return members.facts();
  }

  /** What cannot be read, for people. */
  public void problems(Consumer<String> to) {
    for (Cell<?> cell : told) {
      cell.problem().ifPresent(to);
    }
    members.problems(to);
  }

  private boolean refreshLeader(KeySpace keys, Instant now) {
    if (!leaderCell.refresh(keys)) {
      return false;
    }
    unreadable(leaderCell);
    Optional<LeaderKey> before = leader;
    long createRevision = keys.get(Keys.LEADER).map(Entry::createRevision).orElse(0L);
    Optional<String> holder = leaderCell.value();
    if (before.isPresent()
        && holder.equals(before.map(LeaderKey::member))
        && createRevision == before.get().createRevision()) {
      return false;
    }
    long heldRevision = leaderCell.modRevision();
    leader = holder.map(member -> new LeaderKey(member, createRevision, heldRevision, now));
    holdingRevision = heldRevision;
    if (holder.isPresent()) {
      journal.tell(
          EventName.LEADER_CHANGED,
          "from",
          lastLeader,
          "to",
          holder.get(),
          "revision",
          holdingRevision);
      lastLeader = holder.get();
    } else if (before.isPresent()) {
      journal.tell(EventName.LEADER_KEY_LOST, "member", before.get().member());
    }
    return true;
  }

  private boolean refreshFailover(KeySpace keys, Instant now) {
    if (!failoverCell.refresh(keys)) {
      return false;
    }
    unreadable(failoverCell);
    Optional<FailoverKey> before = failover;
    failover =
        failoverCell
            .value()
            .map(key -> new FailoverKey(key.leader(), key.candidate(), key.at(), now));
    if (failover.isPresent()) {
      journal.tell(
          EventName.FAILOVER_REQUESTED,
          "leader",
          failover.get().leader().orElse("any"),
          "candidate",
          failover.get().candidate().orElse("any"),
          "at",
          failover.get().scheduledAt().map(Instant::toString).orElse("now"));
    } else if (before.isPresent()) {
      journal.tell(EventName.FAILOVER_CLEARED);
    }
    return true;
  }

  private boolean refreshPaused(KeySpace keys) {
    boolean before = maintenance.value();
    if (!maintenance.refresh(keys)) {
      return false;
    }
    unreadable(maintenance);
    if (maintenance.value() != before) {
      journal.tell(
          maintenance.value() ? EventName.MAINTENANCE_STARTED : EventName.MAINTENANCE_ENDED);
    }
    return true;
  }

  private void unreadable(Cell<?> cell) {
    cell.problem().ifPresent(problem -> journal.tell(EventName.KEY_UNREADABLE, "reason", problem));
  }
}
