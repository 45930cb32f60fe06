package io.trunkline.routing;

import java.time.Instant;
import java.util.Optional;

/** Whether the member that holds the leader key takes writes, and who says so. */
enum Writability {
  /** PostgreSQL itself says so. */
  BY_SENTINEL,
  /** Patroni's REST API says so. */
  BY_REST,
  /** It says so in etcd, or nobody contradicts what was so before. */
  BY_KEY,
  /** Not yet. */
  NO,
  /** Its REST API gives no answer that counts, and its key does not say so. */
  UNCONFIRMED,
  /** Out of recovery, but {@code default_transaction_read_only} is on. */
  READ_ONLY,
  /** It leads a standby cluster. */
  STANDBY;

  /**
   * PostgreSQL's own word, as long as it is fresh, outranks what Patroni says of it. Only words
   * that were asked for after the key was seen count for the leader; what a member said before it
   * got the key is about another time. Against it counts what was true a moment ago, too: the next
   * answer of a sentinel is milliseconds away.
   *
   * @param now when this is asked
   * @param open writes go to that member already
   */
  static Writability of(Member leader, LeaderKey key, Instant now, boolean open) {
    Writability byPatroni = byPatroni(leader, key, open);
    if (byPatroni == STANDBY) {
      return STANDBY;
    }
    boolean confirmed =
        sentinel(leader, key.since(), now)
            .filter(answer -> !answer.askedAt().isBefore(key.since()))
            .filter(answer -> answer.timeline().isPresent())
            .isPresent();
    return contradiction(leader, key.since(), now).orElse(confirmed ? BY_SENTINEL : byPatroni);
  }

  /**
   * What PostgreSQL itself, or a session that met it since then, has against sending writes to a
   * member that Patroni believes to be the primary.
   */
  static Optional<Writability> contradiction(Member primary, Instant since, Instant now) {
    Optional<SentinelAnswer> answer = sentinel(primary, since, now);
    if (answer.isPresent()) {
      return switch (answer.get().access()) {
        case READ_WRITE -> Optional.empty();
        case READ_ONLY -> Optional.of(READ_ONLY);
        case IN_RECOVERY, NOT_ACCEPTING -> Optional.of(NO);
      };
    }
    return primary
        .connect()
        .standbySeen(since, now)
        .filter(seen -> !restSaysPrimarySince(primary, seen))
        .map(_ -> NO);
  }

  /** The sentinel's fresh answer, unless a session has met a standby since it was asked for. */
  private static Optional<SentinelAnswer> sentinel(Member member, Instant since, Instant now) {
    Instant oldest = member.connect().standbySeen(since, now).orElse(Instant.MIN);
    return member.sentinel().flatMap(sentinel -> sentinel.current(oldest, now));
  }

  private static boolean restSaysPrimarySince(Member member, Instant moment) {
    return member
        .rest()
        .last()
        .filter(answer -> answer.askedAt().isAfter(moment))
        .filter(answer -> answer.role() == Role.PRIMARY && answer.running())
        .isPresent();
  }

  private static Writability byPatroni(Member leader, LeaderKey key, boolean open) {
    Optional<RestAnswer> answer = leader.rest().askedSince(key.since());
    boolean silent = leader.rest().failure().isPresent();
    if (answer.isPresent() && !silent) {
      return byRole(answer.get().role(), answer.get().running(), BY_REST);
    }
    Writability byKey = byKey(leader, key, silent, open);
    return byKey == NO && silent ? UNCONFIRMED : byKey;
  }

  private static Writability byKey(Member leader, LeaderKey key, boolean silent, boolean open) {
    Optional<DcsMember> word = leader.dcs().filter(dcs -> dcs.modRevision() > key.heldRevision());
    if (word.isPresent()) {
      Writability byKey = byRole(word.get().role(), word.get().state().equals("running"), BY_KEY);
      return byKey == BY_KEY && !silent ? ifOpenAlready(open) : byKey;
    }
    return ifOpenAlready(open);
  }

  /** Nobody has confirmed it since it has the key: wait for that unless writes go there. */
  private static Writability ifOpenAlready(boolean open) {
    return open ? BY_KEY : NO;
  }

  private static Writability byRole(Role role, boolean running, Writability yes) {
    return switch (role) {
      case PRIMARY -> running ? yes : NO;
      case STANDBY_LEADER -> STANDBY;
      case REPLICA, PROMOTED, DEMOTED, UNINITIALIZED, UNKNOWN -> NO;
    };
  }
}
