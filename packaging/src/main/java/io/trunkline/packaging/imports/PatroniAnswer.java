package io.trunkline.packaging.imports;

import static io.trunkline.packaging.imports.PatroniMember.ASYNC;
import static io.trunkline.packaging.imports.PatroniMember.DOWN;
import static io.trunkline.packaging.imports.PatroniMember.PRIMARY;
import static io.trunkline.packaging.imports.PatroniMember.QUORUM;
import static io.trunkline.packaging.imports.PatroniMember.STANDBY_LEADER;
import static io.trunkline.packaging.imports.PatroniMember.SYNC;

import java.util.Optional;
import java.util.Set;

/**
 * What a member answers to a request to Patroni's REST API (Patroni documentation, "Patroni REST
 * API", and its {@code api.py}).
 *
 * @param body empty where nobody can say what is in it; an empty text where there is none
 */
record PatroniAnswer(int status, Optional<String> body) {
  private static final Set<String> STATUS_ONLY = Set.of("GET liveness", "GET readiness");
  private static final Set<String> DOCUMENTS =
      Set.of("GET patroni", "GET cluster", "GET config", "GET history", "GET metrics");

  /**
   * Empty when Patroni has no such health check.
   *
   * @param version of Patroni: before 4 it calls the primary {@code master}
   */
  static Optional<PatroniAnswer> of(PatroniRequest request, PatroniMember member, int version) {
    String method = request.method();
    if (!Set.of("GET", "HEAD", "OPTIONS").contains(method)) {
      return Optional.of(new PatroniAnswer(501, Optional.empty()));
    }
    String asked = method + " " + request.name();
    if (DOCUMENTS.contains(asked)) {
      Optional<String> body =
          request.name().equals("patroni") ? Optional.of(json(member, version)) : Optional.empty();
      return Optional.of(new PatroniAnswer(200, body));
    }
    return passes(request, member)
        .map(
            passes ->
                new PatroniAnswer(
                    passes ? 200 : 503,
                    Optional.of(
                        method.equals("GET") && !STATUS_ONLY.contains(asked)
                            ? json(member, version)
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
      case LAGGING -> request.parameter("lag").flatMap(PatroniSize::parse).isEmpty();
      case UNTAGGED -> !request.hasTag();
      case NOT_STREAMING -> request.parameter("replication_state").isEmpty();
    };
  }

  /** Those parts of the body that no other member of that kind has otherwise. */
  private static String json(PatroniMember member, int version) {
    String leader = version < 4 ? "master" : "primary";
    String standby =
        ", \"xlog\": {\"received_location\": 67108864, \"replayed_location\": 67108864,"
            + " \"replayed_timestamp\": null, \"paused\": false}";
    return switch (member) {
      case PRIMARY ->
          "{\"state\": \"running\", \"role\": \""
              + leader
              + "\", \"xlog\": {\"location\": 67108864}, \"timeline\": 1, \"replication\":"
              + " [{\"usename\": \"replicator\", \"state\": \"streaming\", \"sync_state\":"
              + " \"async\", \"sync_priority\": 0}]}";
      case STANDBY_LEADER ->
          "{\"state\": \"running\", \"role\": \"standby_leader\"" + standby + "}";
      case SYNC -> running(standby, ", \"sync_standby\": true");
      case QUORUM -> running(standby, ", \"quorum_standby\": true");
      case NOT_BALANCED -> running(standby, ", \"tags\": {\"noloadbalance\": true}");
      case ASYNC, LAGGING, UNTAGGED, NOT_STREAMING -> running(standby, "");
      case DOWN -> "{\"state\": \"stopped\", \"role\": \"replica\"}";
    };
  }

  private static String running(String standby, String more) {
    return "{\"state\": \"running\", \"role\": \"replica\""
        + standby
        + more
        + ", \"timeline\": 1, \"replication_state\": \"streaming\"}";
  }
}
