package io.trunkline.config;

/** How one of several eligible members is chosen. */
public enum Balance implements Labelled {
  LEAST_CONNECTIONS,
  ROUND_ROBIN,
  /** The less loaded of two drawn at random. */
  RANDOM_TWO
}
