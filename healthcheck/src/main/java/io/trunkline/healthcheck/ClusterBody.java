package io.trunkline.healthcheck;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trunkline.config.HostPort;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The answer to {@code GET /cluster}: who belongs to the cluster, for where there is no etcd to
 * learn it from (Patroni: {@code cluster_as_json}).
 *
 * @param members by name
 * @param syncStandbys those with a synchronous role
 * @param paused maintenance mode
 * @param switchover a scheduled one
 */
record ClusterBody(
    SortedMap<String, MemberFacts> members,
    Set<String> syncStandbys,
    boolean paused,
    Optional<KeyParsers.Failover> switchover) {

  static ClusterBody parse(RestReply.Answered reply, String scope) throws JunkException {
    if (reply.status() != 200) {
      throw new JunkException("HTTP status " + reply.status());
    }
    ObjectNode json = Json.object(reply.body());
    Optional<String> itsScope = Json.text(json, "scope");
    if (itsScope.isPresent() && !itsScope.get().equals(scope)) {
      throw new JunkException("belongs to scope " + itsScope.get());
    }
    TreeMap<String, MemberFacts> members = new TreeMap<>();
    TreeSet<String> standbys = new TreeSet<>();
    for (JsonNode element : json.path("members")) {
      if (!(element instanceof ObjectNode member)) {
        throw new JunkException("a member is not an object");
      }
      String name =
          Json.text(member, "name").orElseThrow(() -> new JunkException("a member has no name"));
      String role = Json.text(member, "role").orElse("");
      if (role.equals("sync_standby") || role.equals("quorum_standby")) {
        standbys.add(name);
      }
      members.put(name, facts(member));
    }
    if (members.isEmpty()) {
      throw new JunkException("no members");
    }
    return new ClusterBody(members, standbys, Json.flag(json, "pause"), switchover(json));
  }

  private static MemberFacts facts(ObjectNode member) throws JunkException {
    Optional<String> api = Json.text(member, "api_url");
    Optional<String> host = Json.text(member, "host").filter(text -> !text.isBlank());
    OptionalLong port = Json.number(member, "port");
    if (port.orElse(1) < 1 || port.orElse(1) > 65_535) {
      throw new JunkException("no port: " + port.getAsLong());
    }
    return new MemberFacts(
        host.map(name -> new HostPort(name, (int) port.orElse(5432))),
        api.isPresent() ? Optional.of(ApiUrl.parse(api.get())) : Optional.empty(),
        Optional.empty());
  }

  private static Optional<KeyParsers.Failover> switchover(ObjectNode json) throws JunkException {
    Optional<ObjectNode> scheduled = Json.child(json, "scheduled_switchover");
    if (scheduled.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> at = Json.text(scheduled.get(), "at");
    return Optional.of(
        new KeyParsers.Failover(
            Json.text(scheduled.get(), "from"),
            Json.text(scheduled.get(), "to"),
            at.isPresent() ? Optional.of(KeyParsers.moment(at.get())) : Optional.empty()));
  }
}
