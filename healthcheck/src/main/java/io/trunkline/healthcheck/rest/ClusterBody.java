package io.trunkline.healthcheck.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trunkline.config.HostPort;
import io.trunkline.healthcheck.common.Hosts;
import io.trunkline.healthcheck.common.Json;
import io.trunkline.healthcheck.common.JsonFields;
import io.trunkline.healthcheck.common.JunkException;
import io.trunkline.healthcheck.patroni.ApiUrl;
import io.trunkline.healthcheck.patroni.MemberFacts;
import io.trunkline.healthcheck.patroni.Scope;
import io.trunkline.healthcheck.patroni.Switchover;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
 * @param maintenance whether Patroni is in maintenance mode (paused)
 * @param switchover a scheduled one
 * @param problems what could not be read, for people
 */
public record ClusterBody(
    SortedMap<String, MemberFacts> members,
    Set<String> syncStandbys,
    boolean maintenance,
    Optional<Switchover> switchover,
    List<String> problems) {
  private static final Set<String> STANDBYS = Set.of("sync_standby", "quorum_standby");
  private static final int MAX_NAME = 256;
  private static final int MAX_PROBLEMS = 10;

  /** Reads an answer member by member and field by field. */
  public static ClusterBody parse(RestReply.Answered reply, Scope scope) throws JunkException {
    if (reply.status() != 200) {
      throw new JunkException("HTTP status " + reply.status());
    }
    ObjectNode body = Json.object(reply.body());
    scope.check(body);
    JsonFields json = new JsonFields(body);
    List<String> problems = new ArrayList<>();
    TreeMap<String, MemberFacts> members = new TreeMap<>();
    TreeSet<String> standbys = new TreeSet<>();
    for (JsonNode element : body.path("members")) {
      Optional<String> name = name(element);
      if (name.isEmpty()) {
        problems.add("a member without a name");
      } else {
        JsonFields member = new JsonFields((ObjectNode) element);
        members.put(name.get(), facts(member));
        if (STANDBYS.contains(member.text("role").orElse(""))) {
          standbys.add(name.get());
        }
        member.problems().forEach(problem -> problems.add(name.get() + ": " + problem));
      }
    }
    if (members.isEmpty()) {
      throw new JunkException("no members");
    }
    boolean maintenance = json.flag("pause");
    Optional<Switchover> switchover =
        json.read("scheduled_switchover", ClusterBody::switchover, Optional.empty());
    problems.addAll(json.problems());
    return new ClusterBody(
        members, standbys, maintenance, switchover, problems.stream().limit(MAX_PROBLEMS).toList());
  }

  ClusterBody withMembers(SortedMap<String, MemberFacts> others) {
    TreeSet<String> standbys = new TreeSet<>(syncStandbys);
    standbys.retainAll(others.keySet());
    return new ClusterBody(others, standbys, maintenance, switchover, problems);
  }

  private static Optional<String> name(JsonNode member) {
    return Optional.of(member.path("name"))
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue)
        .filter(name -> !name.isBlank() && name.length() <= MAX_NAME);
  }

  private static MemberFacts facts(JsonFields member) {
    Optional<ApiUrl> api = member.text("api_url", ApiUrl::parse);
    Optional<String> host = member.text("host", ClusterBody::host).filter(it -> !it.isEmpty());
    int port = member.port("port").orElse(5432);
    return new MemberFacts(
        host.map(name -> new HostPort(name, port)), api, Optional.empty(), true, Optional.empty());
  }

  /** Empty for a blank one, as Patroni tells of a member that has not announced its address. */
  private static String host(String text) throws JunkException {
    if (!text.isBlank() && !Hosts.possible(text)) {
      throw new JunkException("not a host");
    }
    return text.strip();
  }

  private static Optional<Switchover> switchover(ObjectNode json, String field)
      throws JunkException {
    Optional<ObjectNode> scheduled = Json.child(json, field);
    if (scheduled.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> at = Json.text(scheduled.get(), "at");
    return Optional.of(
        new Switchover(
            Json.text(scheduled.get(), "from"),
            Json.text(scheduled.get(), "to"),
            at.isPresent() ? Optional.of(Switchover.moment(at.get())) : Optional.empty()));
  }
}
