package io.trunkline.daemon.status;

/**
 * The process before this one, as long as it has sessions.
 *
 * @param process its number
 * @param sessions how many it still has
 * @param until when the last of them are ended, ISO 8601 in UTC
 */
public record PredecessorReport(long process, int sessions, String until) {}
