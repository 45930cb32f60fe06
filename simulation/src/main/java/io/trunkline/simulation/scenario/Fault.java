package io.trunkline.simulation.scenario;

import java.util.concurrent.TimeUnit;

/**
 * Something that is done to the machines.
 *
 * @param at when, in nanoseconds
 * @param nanos for how long
 * @param which what it is done to: a number that the kind of fault makes something of
 */
public record Fault(Kind kind, long at, long nanos, int which) {

  /** The kinds of faults. */
  public enum Kind {
    /** The machines are two groups, which do not reach each other. */
    PARTITION,
    /** One machine reaches none and is reached by none. */
    ISOLATION,
    /** Nothing gets from one machine to another; the other way is open. */
    ONE_WAY,
    /** Between two machines the network is slow. */
    SLOW,
    /** A node is cut from etcd. */
    NODE_WITHOUT_ETCD,
    /** A node and one member are cut from all others. */
    NODE_AND_MEMBER_ALONE,
    /** Neither etcd nor any REST API answers; PostgreSQL does. */
    ONLY_POSTGRES,
    /** Datagrams are lost and doubled. */
    DATAGRAMS,
    /** A member of etcd is stopped, or its disk hangs. */
    ETCD_STOPPED,
    /** A member of etcd loses its power. */
    ETCD_POWER,
    /** etcd has no majority. */
    ETCD_DOWN,
    /** etcd elects another leader. */
    ETCD_LEADER,
    /** What watches at one member are told is late. */
    WATCH_LATE,
    /** Watches at one member are told nothing any more. */
    WATCH_MUTE,
    /** Watches at one member end. */
    WATCH_BROKEN,
    /** etcd's history is compacted. */
    COMPACTION,
    /** Patroni is stopped; PostgreSQL goes on. */
    PATRONI_STOPPED,
    /** Patroni of the leader is stopped after it has read the keys, for longer than its lease. */
    KEY_PUT_BACK,
    /** Patroni is killed, and started again, perhaps as another release. */
    PATRONI_KILLED,
    /** A REST API is silent, slow, or says what is not so. */
    REST,
    /** PostgreSQL is killed. */
    POSTGRES_KILLED,
    /** {@code default_transaction_read_only} is on. */
    READ_ONLY,
    /** A member's machine loses its power. */
    MEMBER_POWER,
    /** Somebody asks for a switchover. */
    SWITCHOVER,
    /** Maintenance mode. */
    PAUSE,
    /** The daemon is killed, and started again. */
    NODE_KILLED,
    /** The daemon is told to stop, and started again. */
    NODE_RESTARTED,
    /** The daemon is stopped. */
    NODE_STOPPED,
    /** The daemon's threads often run late: the machine is busy. */
    NODE_BUSY,
    /** The node's machine loses its power. */
    NODE_POWER,
    /** The disk of a node takes nothing. */
    NODE_DISK,
    /** The time of day of a node is set. */
    NODE_CLOCK
  }

  /** When it is over, in nanoseconds. */
  public long until() {
    return at + nanos;
  }

  @Override
  public String toString() {
    return "%s at %.3f s for %.3f s, %d"
        .formatted(
            kind,
            at / (double) TimeUnit.SECONDS.toNanos(1),
            nanos / (double) TimeUnit.SECONDS.toNanos(1),
            which);
  }
}
