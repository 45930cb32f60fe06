package io.trunkline.loadtest.bench;

/**
 * One run of a load through one contender.
 *
 * @param rate transactions per second
 * @param latencyMicros mean time of a transaction
 * @param processorMicros processor time of the proxy per transaction
 */
record Sample(double rate, double latencyMicros, double processorMicros) {}
