package io.trunkline.proxy.backend;

import io.netty.channel.Channel;
import io.trunkline.config.HostPort;
import io.trunkline.routing.Pick;
import io.trunkline.routing.Target;

/**
 * The member's side of a session.
 *
 * <pre>
 *   Absent ──► Queued ──► Dialling ──► AskingTls ──► Securing ──► Unanswered ──► Attached
 *     ▲          │         │  │           └────────────────────►  ▲ │
 *     │          │         │  └───────────────────────────────────┘ │
 *     └──────────┴─────────┴────────────────────────────────────────┘
 *                         (refused, broken, or not accepting yet)
 * </pre>
 */
sealed interface BackendState {

  /** No member. */
  record Absent() implements BackendState {
    Queued queue(Pick.To to) {
      return new Queued(new Place(to.target(), to.address(), to.asPrimary()));
    }
  }

  /**
   * Which member, where it is connected to, and whether because it is the primary: then the session
   * ends when it no longer is.
   */
  record Place(Target target, HostPort address, boolean asPrimary) {
    String member() {
      return target.member();
    }
  }

  /** A state with a member. */
  sealed interface Placed extends BackendState {
    Place place();
  }

  /** A state with a connection to the member. */
  sealed interface Connected extends Placed {
    Channel channel();
  }

  /** Others are before it at the member. */
  record Queued(Place place) implements Placed {
    Dialling dial() {
      return new Dialling(place);
    }
  }

  /** The connection is being established. */
  record Dialling(Place place) implements Placed {
    AskingTls askTls(Channel channel) {
      return new AskingTls(place, channel);
    }

    Unanswered send(Channel channel) {
      return new Unanswered(place, channel);
    }
  }

  /** The member has been asked for TLS: the client's, which was promised it, or our own. */
  record AskingTls(Place place, Channel channel) implements Connected {
    Securing secure() {
      return new Securing(place, channel);
    }

    Unanswered send() {
      return new Unanswered(place, channel);
    }
  }

  /** Our own TLS with the member is being agreed on. */
  record Securing(Place place, Channel channel) implements Connected {
    Unanswered send() {
      return new Unanswered(place, channel);
    }
  }

  /** The client's first bytes have been sent; the member can still be replaced. */
  record Unanswered(Place place, Channel channel) implements Connected {
    Attached answered() {
      return new Attached(place, channel);
    }
  }

  /** The member has answered: the client is its client for good. */
  record Attached(Place place, Channel channel) implements Connected {}
}
