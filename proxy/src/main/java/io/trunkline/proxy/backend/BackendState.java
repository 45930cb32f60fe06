package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.trunkline.config.HostPort;
import io.trunkline.pgwire.Conversation;
import io.trunkline.pgwire.state.SavedState;
import io.trunkline.proxy.relay.RelayMemory;
import io.trunkline.proxy.stats.MemberLoss;
import io.trunkline.routing.Target;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The connection to a member, from the moment in which it may have what the session is opened with.
 * Until then, and again when the member is left, it is up to the {@link ConnectorState}.
 *
 * <pre>
 *                  Declined (TLS)
 *                     ▲ │
 *                     │ ▼
 *   Absent ──► Unanswered ──► Attached ──► Detached ◄──► Restoring
 *     ▲            │             ▲                           │
 *     └────────────┘             └───────────────────────────┘
 *  (refused, broken,
 *   or not accepting yet)
 * </pre>
 */
sealed interface BackendState {
  /** No member, or none that is ready. */
  record Absent() implements BackendState {
    Unanswered open(Link link, BackendRequest request, Optional<StartupGate> gate) {
      return new Unanswered(link, request, gate);
    }
  }

  /**
   * The member has answered the client's SSLRequest with N: what the client says next opens the
   * session, on the same connection.
   */
  record Declined(Link link) implements BackendState {}

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
      return new Attached(link, gate, conversation, Flow.OPEN, Optional.empty());
    }
  }

  /**
   * The member has answered: the client is its client for good.
   *
   * @param conversation what can be told of the session from its messages
   * @param kept what it takes to go on at another member, if that is wanted and possible
   */
  record Attached(
      Link link,
      Optional<StartupGate> gate,
      Optional<Conversation> conversation,
      Flow flow,
      Optional<KeptSession> kept)
      implements Connected {
    Attached started(Optional<KeptSession> keeping) {
      return new Attached(link, Optional.empty(), conversation, flow, keeping);
    }

    Attached with(Flow newFlow) {
      return new Attached(link, gate, conversation, newFlow, kept);
    }
  }

  /** A state without the member that the session had, which is to go on at another one. */
  sealed interface Parted extends BackendState {
    Conversation conversation();

    KeptSession kept();
  }

  /**
   * Its member is gone, or about to be.
   *
   * @param saved what the session is
   * @param left the member that it had
   * @param cause why it has left it
   * @param farewell what the member has said last; the client gets it if the member stays
   * @param confirmed whether it is known that the member is gone
   * @param position of the WAL at the member, as far as is known: a replica that is behind it is
   *     waited for
   * @param transaction the one that was lost with the member, and that the client has not ended
   */
  record Detached(
      KeptSession kept,
      SavedState saved,
      Conversation conversation,
      Place left,
      MemberLoss cause,
      Optional<ByteBuf> farewell,
      boolean confirmed,
      OptionalLong position,
      Optional<LostTransaction> transaction)
      implements Parted {
    Detached confirm() {
      return new Detached(
          kept, saved, conversation, left, cause, Optional.empty(), true, position, transaction);
    }

    Detached withoutTransaction() {
      return new Detached(
          kept, saved, conversation, left, cause, farewell, confirmed, position, Optional.empty());
    }

    Restoring restore(Link link, Restoration work) {
      return new Restoring(this, link, work);
    }
  }

  /** Another member is being made what the session's own was. */
  record Restoring(Detached from, Link link, Restoration work) implements Parted {
    @Override
    public Conversation conversation() {
      return from.conversation();
    }

    @Override
    public KeptSession kept() {
      return from.kept();
    }

    Attached restored() {
      return new Attached(
          link,
          Optional.empty(),
          Optional.of(from.conversation()),
          Flow.OPEN,
          Optional.of(from.kept()));
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
