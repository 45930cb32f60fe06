package io.trunkline.healthcheck;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trunkline.routing.RestAnswer;
import io.trunkline.routing.Role;
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
 */
record RestBody(RestAnswer answer, Optional<String> name, Optional<String> systemId) {

  static RestBody parse(RestReply.Answered reply, String scope) throws JunkException {
    if (reply.status() != 200 && reply.status() != 503) {
      throw new JunkException("HTTP status " + reply.status());
    }
    ObjectNode json = Json.object(reply.body());
    ObjectNode patroni = Json.child(json, "patroni").orElseGet(Json::newObject);
    Optional<String> itsScope = Json.text(patroni, "scope");
    if (itsScope.isPresent() && !itsScope.get().equals(scope)) {
      throw new JunkException("belongs to scope " + itsScope.get());
    }
    Role role =
        Role.of(
            Json.text(json, "role").orElseThrow(() -> new JunkException("the answer has no role")));
    RestAnswer answer =
        new RestAnswer(
            reply.askedAt(),
            reply.at(),
            reply.status() == 200,
            role,
            Json.text(json, "state")
                .orElseThrow(() -> new JunkException("the answer has no state")),
            Json.number(json, "timeline"),
            lsn(Json.child(json, "xlog").orElseGet(Json::newObject)),
            Json.text(json, "replication_state").map("streaming"::equals).orElse(true),
            MemberFacts.tags(json),
            Json.flag(json, "failsafe_mode_is_active"),
            Json.flag(json, "pause"));
    return new RestBody(
        answer, Json.text(patroni, "name"), Json.text(json, "database_system_identifier"));
  }

  private static OptionalLong lsn(ObjectNode xlog) throws JunkException {
    for (String field : new String[] {"location", "replayed_location", "received_location"}) {
      OptionalLong lsn = Json.number(xlog, field);
      if (lsn.isPresent()) {
        return lsn;
      }
    }
    return OptionalLong.empty();
  }
}
