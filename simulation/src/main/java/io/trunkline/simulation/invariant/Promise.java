package io.trunkline.simulation.invariant;

import io.trunkline.config.Labelled;

/** What Trunkline promises, as far as a simulation can tell whether it is kept. */
public enum Promise implements Labelled {
  /**
   * A node sends no statement of a client that writes to a member once it has seen another leader
   * or a newer timeline.
   */
  NOTHING_TO_SUPERSEDED,
  /** A node sends statements to the owner of the write route only, and none while it is blocked. */
  AS_DECIDED,
  /** No commit is accepted through a node later than so long after the leader key has moved. */
  FENCED_IN_TIME,
  /** The statements of one connection reach one member only. */
  ONE_MEMBER,
  /** What a member gets is the beginning of what its client has sent. */
  BYTES_IN_ORDER,
  /** A client that connects is served, refused or told something within {@code hold_timeout}. */
  CLIENTS_ANSWERED,
  /** A connection ends only if one of its two peers, the network or a decision ends it. */
  NOT_CUT_BY_CHANCE,
  /** A reader leaves a replica that was promoted within 30 s, if there is another replica. */
  READERS_DEPART,
  /** When all faults are over, writes go to the primary again, on every node. */
  HOLDING_ENDS,
  /** When all faults are over, every client gets on. */
  CLIENTS_RECOVER,
  /** With a lease, no two nodes ever have the address. */
  ONE_LEASE_HOLDER,
  /** When all faults are over, exactly one node has each address. */
  ONE_HOLDER_AFTER_HEALING,
  /** Nothing throws, and nothing falls silent. */
  NO_DEFECT,
  /** Of the models, not of Trunkline: when all faults are over, Patroni has found a primary. */
  MODEL_RECOVERS
}
