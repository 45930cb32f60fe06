package io.trunkline.proxy.session;

import io.trunkline.pgwire.Conversation;
import io.trunkline.pgwire.Opening;
import io.trunkline.pgwire.Opening.StartupMessage;
import io.trunkline.proxy.backend.BackendConnection;
import io.trunkline.proxy.session.ClientState.Cancelling;
import io.trunkline.proxy.session.ClientState.Ended;
import io.trunkline.proxy.session.ClientState.Queued;
import io.trunkline.proxy.session.ClientState.Reading;
import io.trunkline.proxy.session.ClientState.Relaying;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What can be told of a session for people.
 *
 * @param state the client's side
 * @param backend the member's
 */
record SessionSnapshot(ClientState state, BackendConnection backend) {

  SessionState doing() {
    return switch (state) {
      case Reading _ -> SessionState.READING;
      case Cancelling _ -> SessionState.CANCELLING;
      case Queued _ -> SessionState.QUEUED;
      case Relaying _ when backend.parted() -> SessionState.DETACHED;
      case Relaying _ ->
          backend
              .conversation()
              .map(SessionSnapshot::doing)
              .orElse(backend.starting() ? SessionState.STARTING : SessionState.RELAYING);
      case Ended _ -> throw new IllegalStateException("an ended session is in no list");
    };
  }

  private static SessionState doing(Conversation conversation) {
    if (!conversation.visible()) {
      return SessionState.RELAYING;
    }
    return switch (conversation.transaction()) {
      case UNKNOWN -> SessionState.STARTING;
      case IDLE -> conversation.busy() ? SessionState.ACTIVE : SessionState.IDLE;
      case IN_TRANSACTION ->
          conversation.busy() ? SessionState.ACTIVE : SessionState.IDLE_IN_TRANSACTION;
      case FAILED -> conversation.busy() ? SessionState.ACTIVE : SessionState.FAILED_TRANSACTION;
    };
  }

  /**
   * @param encrypted whether the client's TLS ends here
   */
  SessionInfo.Tls tls(boolean encrypted) {
    if (encrypted) {
      return SessionInfo.Tls.TERMINATED;
    }
    return opening().isPresent() && startup().isEmpty()
        ? SessionInfo.Tls.PASSTHROUGH
        : SessionInfo.Tls.NONE;
  }

  /** Whether it goes on without its member. */
  SessionInfo.Keep keep() {
    return backend.keepsSessions() && backend.attached()
        ? new SessionInfo.Keep(true, backend.pinned())
        : SessionInfo.Keep.NOT_WANTED;
  }

  @Nullable String user() {
    return parameter("user").orElse(null);
  }

  /** Where the client names none it is the user, as in PostgreSQL. */
  @Nullable String database() {
    return parameter("database").or(() -> parameter("user")).orElse(null);
  }

  @Nullable String applicationName() {
    return backend
        .conversation()
        .map(Conversation::applicationName)
        .or(() -> startup().map(StartupMessage::applicationName))
        .orElse(null);
  }

  private Optional<String> parameter(String name) {
    return startup()
        .map(startup -> startup.parameters().get(name))
        .filter(value -> !value.isEmpty());
  }

  private Optional<StartupMessage> startup() {
    return opening().filter(StartupMessage.class::isInstance).map(StartupMessage.class::cast);
  }

  private Optional<Opening> opening() {
    return switch (state) {
      case Queued queued -> Optional.of(queued.request().opening());
      case Relaying relaying -> Optional.of(relaying.origin().request().opening());
      case Reading _, Cancelling _, Ended _ -> Optional.empty();
    };
  }
}
