package io.trunkline.daemon.admin;

import io.trunkline.config.Cidr;
import io.trunkline.proxy.session.SessionFilter;
import io.trunkline.proxy.session.SessionState;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which sessions a request means. Anything that is not understood is refused: a condition that was
 * mistyped must not mean every session.
 */
final class SessionQuery {
  private static final Set<String> CONDITIONS =
      Set.of("id", "listener", "client", "user", "database", "application_name", "member", "state");

  private final AdminRequest request;

  /**
   * @param others what else may be asked with
   * @throws IllegalArgumentException naming a parameter that is not known, or is there twice
   */
  SessionQuery(AdminRequest request, String... others) {
    this.request = request;
    Set<String> known = new TreeSet<>(CONDITIONS);
    known.addAll(Arrays.asList(others));
    request
        .query()
        .forEach(
            (name, values) -> {
              if (!known.contains(name)) {
                throw new IllegalArgumentException(
                    name + ": unknown condition; the conditions are " + String.join(", ", known));
              }
              if (values.size() > 1) {
                throw new IllegalArgumentException(name + ": give it once");
              }
            });
  }

  /** Whether anything narrows it down. */
  boolean hasCondition() {
    return request.query().keySet().stream().anyMatch(CONDITIONS::contains);
  }

  /**
   * @throws IllegalArgumentException saying what is wrong with which condition
   */
  SessionFilter filter() {
    Optional<Long> id = request.parameter("id").map(text -> number("id", text, Long.MAX_VALUE));
    return new SessionFilter(
        id.isPresent() ? OptionalLong.of(id.get()) : OptionalLong.empty(),
        request.parameter("listener"),
        request.parameter("client").map(Cidr::parse),
        request.parameter("user"),
        request.parameter("database"),
        request.parameter("application_name"),
        request.parameter("member"),
        request.parameter("state").map(SessionQuery::state));
  }

  int limit(int byDefault, int most) {
    return request
        .parameter("limit")
        .map(text -> Math.toIntExact(number("limit", text, most)))
        .orElse(byDefault);
  }

  private static long number(String name, String text, long most) {
    try {
      long number = Long.parseLong(text);
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // As one that is out of range.
    }
    throw new IllegalArgumentException(name + ": a number from 1 to " + most);
  }

  private static SessionState state(String word) {
    List<SessionState> states = List.of(SessionState.values());
    return states.stream()
        .filter(state -> state.label().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "state: one of "
                        + states.stream()
                            .map(SessionState::label)
                            .collect(Collectors.joining(", "))));
  }
}
