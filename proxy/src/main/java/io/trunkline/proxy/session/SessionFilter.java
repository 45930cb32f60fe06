package io.trunkline.proxy.session;

import io.trunkline.config.Cidr;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which sessions are meant: those that all the given conditions hold for. What cannot be seen of a
 * session equals nothing.
 *
 * @param client a network of client addresses
 */
public record SessionFilter(
    OptionalLong id,
    Optional<String> listener,
    Optional<Cidr> client,
    Optional<String> user,
    Optional<String> database,
    Optional<String> applicationName,
    Optional<String> member,
    Optional<SessionState> state) {

  /** Every session. */
  public static final SessionFilter ALL =
      new SessionFilter(
          OptionalLong.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /** Whether that session is meant. */
  public boolean matches(SessionInfo session) {
    return (id.isEmpty() || id.getAsLong() == session.id())
        && equal(listener, session.listener())
        && (client.isEmpty() || client.get().contains(session.client().getAddress()))
        && equal(user, session.user())
        && equal(database, session.database())
        && equal(applicationName, session.applicationName())
        && equal(member, session.member())
        && equal(state, session.state());
  }

  /** As in {@code user=app state=idle}; {@code all} where there is no condition. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    id.ifPresent(value -> text.append(" id=").append(value));
    append(text, "listener", listener);
    append(text, "client", client);
    append(text, "user", user);
    append(text, "database", database);
    append(text, "application_name", applicationName);
    append(text, "member", member);
    append(text, "state", state.map(SessionState::label));
    return text.isEmpty() ? "all" : text.substring(1);
  }

  private static void append(StringBuilder text, String name, Optional<?> value) {
    value.ifPresent(present -> text.append(' ').append(name).append('=').append(present));
  }

  private static boolean equal(Optional<?> wanted, @Nullable Object actual) {
    return wanted.isEmpty() || wanted.get().equals(actual);
  }
}
