package io.trunkline.proxy.backend;

import io.netty.channel.Channel;
import io.trunkline.config.HostPort;
import io.trunkline.pgwire.CancelKey;
import io.trunkline.pgwire.Conversation;
import io.trunkline.proxy.relay.RelayMemory;
import io.trunkline.routing.Target;
import java.util.Optional;

/**
 * The connection to a member, from the moment in which it may have what the session is opened with.
 * Until then, and again when the member is left, it is up to the {@link ConnectorState}.
 *
 * <pre>
 *   Absent ──► Unanswered ──► Attached
 *     ▲            │
 *     └────────────┘ (refused, broken, or not accepting yet)
 * </pre>
 */
sealed interface BackendState {
  /** No member, or none that is ready. */
  record Absent() implements BackendState {
    Unanswered open(Link link, BackendRequest request, Optional<StartupGate> gate) {
      return new Unanswered(link, request, gate);
    }
  }

  /** A state with a member that is ready. */
  sealed interface Connected extends BackendState {
    Link link();

    /** Judges what the member says until PostgreSQL has accepted the session, if it can be seen. */
    Optional<StartupGate> gate();
  }

  /** The client's first bytes have been sent; the member can still be replaced. */
  record Unanswered(Link link, BackendRequest request, Optional<StartupGate> gate)
      implements Connected {
    Attached answered(Optional<Conversation> conversation) {
      return new Attached(link, gate, conversation, Optional.empty(), Flow.OPEN);
    }
  }

  /**
   * The member has answered: the client is its client for good.
   *
   * @param conversation what can be told of the session from its messages
   * @param key what cancels what it runs
   */
  record Attached(
      Link link,
      Optional<StartupGate> gate,
      Optional<Conversation> conversation,
      Optional<CancelKey> key,
      Flow flow)
      implements Connected {
    Attached started() {
      return new Attached(link, Optional.empty(), conversation, key, flow);
    }

    Attached given(CancelKey newKey) {
      return new Attached(link, gate, conversation, Optional.of(newKey), flow);
    }

    Attached with(Flow newFlow) {
      return new Attached(link, gate, conversation, key, newFlow);
    }
  }

  /** What becomes of the client's bytes. */
  enum Flow {
    OPEN,
    /** They are kept back, because a commit could be lost. */
    BLOCKED,
    /** The connection is broken, and nobody takes them any more. */
    BROKEN
  }

  /** A connection to a member. */
  record Link(Place place, Login login, Channel channel, RelayMemory.Backlog backlog) {}

  /**
   * Which member, where it is connected to, and whether because it is the primary: then the session
   * ends when it no longer is.
   */
  record Place(Target target, HostPort address, boolean asPrimary) {
    String member() {
      return target.member();
    }
  }
}
