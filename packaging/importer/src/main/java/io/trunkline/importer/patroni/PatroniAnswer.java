package io.trunkline.importer.patroni;

import static io.trunkline.importer.patroni.PatroniMember.ASYNC;
import static io.trunkline.importer.patroni.PatroniMember.DOWN;
import static io.trunkline.importer.patroni.PatroniMember.PRIMARY;
import static io.trunkline.importer.patroni.PatroniMember.QUORUM;
import static io.trunkline.importer.patroni.PatroniMember.STANDBY_LEADER;
import static io.trunkline.importer.patroni.PatroniMember.SYNC;

import java.util.Optional;
import java.util.Set;

/**
 * What a member answers to a request to Patroni's REST API (Patroni documentation, "Patroni REST
 * API", and its {@code api.py}).
 *
 * @param body empty where nobody can say what is in it; an empty text where there is none
 */
public record PatroniAnswer(int status, Optional<String> body) {
  private static final Set<String> STATUS_ONLY = Set.of("GET liveness", "GET readiness");
  private static final Set<String> DOCUMENTS =
      Set.of("GET patroni", "GET cluster", "GET config", "GET history", "GET metrics");

  /** What an answer depends on besides the member's kind. */
  public enum Setting {
    /** Before version 4 Patroni calls the primary {@code master}. */
    BEFORE_4(false, "master"),
    BEFORE_4_REPLICATING(true, "master"),
    SINCE_4(false, "primary"),
    /** Others replicate from the member, which its answer lists. */
    SINCE_4_REPLICATING(true, "primary");

    private final boolean replicating;
    private final String primary;

    Setting(boolean replicating, String primary) {
      this.replicating = replicating;
      this.primary = primary;
    }

    /** The same where others replicate from the member. */
    Setting replicating() {
      return switch (this) {
        case BEFORE_4, BEFORE_4_REPLICATING -> BEFORE_4_REPLICATING;
        case SINCE_4, SINCE_4_REPLICATING -> SINCE_4_REPLICATING;
      };
    }
  }

  /** Empty when Patroni has no such health check. */
  public static Optional<PatroniAnswer> of(
      PatroniRequest request, PatroniMember member, Setting setting) {
    String method = request.method();
    if (!Set.of("GET", "HEAD", "OPTIONS").contains(method)) {
      return Optional.of(new PatroniAnswer(501, Optional.empty()));
    }
    String asked = method + " " + request.name();
    if (DOCUMENTS.contains(asked)) {
      Optional<String> body =
          request.name().equals("patroni") ? Optional.of(json(member, setting)) : Optional.empty();
      return Optional.of(new PatroniAnswer(200, body));
    }
    return passes(request, member)
        .map(
            passes ->
                new PatroniAnswer(
                    passes ? 200 : 503,
                    Optional.of(
                        method.equals("GET") && !STATUS_ONLY.contains(asked)
                            ? json(member, setting)
                            : "")));
  }

  private static Optional<Boolean> passes(PatroniRequest request, PatroniMember member) {
    boolean leads = member == PRIMARY || member == STANDBY_LEADER;
    return Optional.ofNullable(
        switch (request.name()) {
          case "", "primary", "master", "read-write" -> member == PRIMARY;
          case "leader" -> leads;
          case "standby-leader", "standby_leader" -> member == STANDBY_LEADER;
          case "replica" -> standsBy(request, member, SYNC, QUORUM, ASYNC);
          case "read-only" -> leads || standsBy(request, member, SYNC, QUORUM, ASYNC);
          case "sync", "synchronous" -> standsBy(request, member, SYNC);
          case "async", "asynchronous" -> standsBy(request, member, ASYNC);
          case "quorum" -> standsBy(request, member, QUORUM);
          case "read-only-sync", "read-only-synchronous" ->
              leads || standsBy(request, member, SYNC);
          case "read-only-quorum" -> leads || standsBy(request, member, QUORUM);
          case "health" -> member != DOWN;
          case "liveness", "readiness" -> request.method().equals("GET") && member != DOWN;
          case "patroni", "cluster", "config", "history", "metrics" -> false;
          default -> null;
        });
  }

  /** As {@code replica_status_code} in Patroni, of a replica of one of these kinds. */
  private static boolean standsBy(
      PatroniRequest request, PatroniMember member, PatroniMember... kinds) {
    return switch (member) {
      case PRIMARY, STANDBY_LEADER, DOWN, NOT_BALANCED -> false;
      case SYNC, QUORUM, ASYNC -> Set.of(kinds).contains(member);
      case LAGGING -> request.parameter("lag").flatMap(PatroniRequest::size).isEmpty();
      case UNTAGGED -> !request.hasTag();
      case NOT_STREAMING -> request.parameter("replication_state").isEmpty();
    };
  }

  /** Those parts of the body that every member of that kind has. */
  private static String json(PatroniMember member, Setting setting) {
    String standby =
        ", \"xlog\": {\"received_location\": 67108864, \"replayed_location\": 67108864,"
            + " \"replayed_timestamp\": null, \"paused\": false}, \"timeline\": 1";
    String streaming = ", \"replication_state\": \"streaming\"";
    String own =
        switch (member) {
          case PRIMARY ->
              ", \"role\": \""
                  + setting.primary
                  + "\", \"xlog\": {\"location\": 67108864}, \"timeline\": 1";
          case STANDBY_LEADER -> ", \"role\": \"standby_leader\"" + standby + streaming;
          case SYNC -> replica(standby) + ", \"sync_standby\": true" + streaming;
          case QUORUM -> replica(standby) + ", \"quorum_standby\": true" + streaming;
          case NOT_BALANCED ->
              replica(standby) + streaming + ", \"tags\": {\"noloadbalance\": true}";
          case ASYNC, LAGGING, UNTAGGED -> replica(standby) + streaming;
          case NOT_STREAMING -> replica(standby);
          case DOWN -> replica("");
        };
    String replication =
        ", \"replication\": [{\"usename\": \"replicator\", \"state\": \"streaming\","
            + " \"sync_state\": \"async\", \"sync_priority\": 0}]";
    return "{\"state\": \""
        + (member == DOWN ? "stopped" : "running")
        + "\""
        + own
        + (setting.replicating && member != DOWN ? replication : "")
        + "}";
  }

  private static String replica(String more) {
    return ", \"role\": \"replica\"" + more;
  }
}
