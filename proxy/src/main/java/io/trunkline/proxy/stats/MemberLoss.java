package io.trunkline.proxy.stats;

import io.trunkline.config.Labelled;

/** Why a session leaves its member to go on at another one. */
public enum MemberLoss implements Labelled {
  /** The member stops, and a switchover is due. */
  SWITCHOVER,
  /** It stops. */
  STOPPED,
  /** One of its processes has crashed, or the connection broke. */
  CRASHED,
  /** Another member has become the primary. */
  SUPERSEDED,
  /** It is there, and another one is better. */
  MOVED
}
