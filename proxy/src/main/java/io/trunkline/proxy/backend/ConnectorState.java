package io.trunkline.proxy.backend;

import io.trunkline.proxy.backend.BackendState.Link;
import io.trunkline.proxy.backend.BackendState.Place;

/**
 * How far a member for a session is found and connected to.
 *
 * <pre>
 *   Idle ──► Queued ──► Dialling ──► AskingTls ──► Securing ──► Ready
 *    ▲          │         │  │           └─────────────────────► ▲ │
 *    │          │         │  └───────────────────────────────────┘ │
 *    └──────────┴─────────┴────────────────────────────────────────┘
 *                        (refused, broken, or not accepting yet)
 * </pre>
 */
sealed interface ConnectorState {
  /** No member. */
  record Idle() implements ConnectorState {
    Queued queue(Place place, Login login) {
      return new Queued(place, login);
    }
  }

  /** A state with a member. */
  sealed interface Placed extends ConnectorState {
    Place place();

    Login login();
  }

  /** A state with a connection to the member. */
  sealed interface Linked extends Placed {
    Link link();

    @Override
    default Place place() {
      return link().place();
    }

    @Override
    default Login login() {
      return link().login();
    }
  }

  /** Others are before it at the member. */
  record Queued(Place place, Login login) implements Placed {
    Dialling dial() {
      return new Dialling(place, login);
    }
  }

  /** The connection is being established. */
  record Dialling(Place place, Login login) implements Placed {
    AskingTls askTls(Link link) {
      return new AskingTls(link);
    }

    Ready ready(Link link) {
      return new Ready(link);
    }
  }

  /** The member has been asked for TLS: the client's, which was promised it, or our own. */
  record AskingTls(Link link) implements Linked {
    Securing secure() {
      return new Securing(link);
    }

    Ready ready() {
      return new Ready(link);
    }
  }

  /** Our own TLS with the member is being agreed on. */
  record Securing(Link link) implements Linked {
    Ready ready() {
      return new Ready(link);
    }
  }

  /** The rest is up to the {@link BackendConnection}, which may still leave the member. */
  record Ready(Link link) implements Linked {}
}
