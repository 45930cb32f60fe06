package io.trunkline.daemon.status;

import java.util.List;
import java.util.Map;

/**
 * What has happened, the oldest first.
 *
 * @param startedAt when the daemon began, ISO 8601: numbers are from then on
 * @param last the number of the newest event
 */
public record EventsReport(String startedAt, long last, List<EventReport> events) {

  /**
   * One event.
   *
   * @param seq its number, from 1
   * @param at ISO 8601
   * @param severity {@code debug}, {@code info}, {@code warn}, {@code error}
   * @param event its name
   */
  public record EventReport(
      long seq, String at, String severity, String event, Map<String, String> fields) {}
}
