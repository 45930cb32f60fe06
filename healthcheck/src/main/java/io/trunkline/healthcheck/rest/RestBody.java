package io.trunkline.healthcheck.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trunkline.healthcheck.common.Json;
import io.trunkline.healthcheck.common.JsonFields;
import io.trunkline.healthcheck.common.JunkException;
import io.trunkline.healthcheck.patroni.PatroniTags;
import io.trunkline.healthcheck.patroni.Scope;
import io.trunkline.healthcheck.patroni.Streaming;
import io.trunkline.routing.RestAnswer;
import io.trunkline.routing.Role;
import io.trunkline.routing.Tags;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The answer to {@code GET /primary}: its status says who holds the lock, its body is that of
 * {@code GET /patroni} (Patroni docs: "Patroni REST API"; source: {@code RestApiHandler.do_GET} and
 * {@code get_postgresql_status}).
 *
 * @param answer what counts
 * @param name the member's name; Patroni says it from version 3.1 on
 * @param systemId PostgreSQL's system identifier
 * @param problems fields that could not be read, for people
 */
public record RestBody(
    RestAnswer answer, Optional<String> name, Optional<String> systemId, List<String> problems) {
  /** PostgreSQL 9.6 is the first that tells of its WAL receiver. */
  private static final long FIRST_WITH_WAL_RECEIVER = 90_600;

  public RestBody {
    problems = List.copyOf(problems);
  }

  /**
   * Reads an answer field by field. Whose it is and its role must be readable.
   *
   * @throws JunkException it is not Patroni's, or another cluster's
   */
  public static RestBody parse(RestReply.Answered reply, Scope scope) throws JunkException {
    if (reply.status() != 200 && reply.status() != 503) {
      throw new JunkException("HTTP status " + reply.status());
    }
    ObjectNode body = Json.object(reply.body());
    ObjectNode patroni = Json.child(body, "patroni").orElseGet(Json::newObject);
    scope.check(patroni);
    Optional<String> name = Json.text(patroni, "name");
    Optional<String> systemId = Json.text(body, "database_system_identifier");
    JsonFields json = new JsonFields(body);
    Role role =
        json.text("role")
            .map(Role::of)
            .orElseThrow(() -> new JunkException("the answer has no role"));
    RestAnswer answer =
        new RestAnswer(
            reply.askedAt(),
            reply.at(),
            reply.status() == 200,
            role,
            json.text("state").orElse("unknown"),
            json.timeline("timeline"),
            lsn(json.child("xlog")),
            streaming(json, Json.text(patroni, "version")),
            json.read("tags", PatroniTags::read, Tags.NONE),
            json.flag("pause"));
    return new RestBody(answer, name, systemId, json.problems());
  }

  private static boolean streaming(JsonFields json, Optional<String> version) {
    boolean known = json.number("server_version").orElse(0) >= FIRST_WITH_WAL_RECEIVER;
    return Streaming.read(json, version, known && json.has("xlog"));
  }

  private static OptionalLong lsn(JsonFields xlog) {
    for (String field : new String[] {"location", "replayed_location", "received_location"}) {
      OptionalLong lsn = xlog.lsn(field);
      if (lsn.isPresent()) {
        return lsn;
      }
    }
    return OptionalLong.empty();
  }
}
