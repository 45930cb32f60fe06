package io.trunkline.loadtest.workload;

/** How an attempt ended. */
public enum Outcome {
  /** The server acknowledged it: for a write, the commit. */
  ACKNOWLEDGED,
  /** The TCP connection was refused. */
  CONNECTION_REFUSED,
  /** No session: a timeout, a reset, an error during start-up. */
  CONNECTION_FAILED,
  /** There was a session, and the statement failed on it. */
  STATEMENT_FAILED,
  /** Still waiting when the workload was stopped. */
  UNFINISHED
}
