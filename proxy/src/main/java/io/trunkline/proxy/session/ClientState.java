package io.trunkline.proxy.session;

import io.trunkline.pgwire.Opening;
import io.trunkline.proxy.backend.BackendRequest;
import io.trunkline.proxy.stats.SessionEnd;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a session.
 *
 * <pre>
 *    ┌────────────(without TLS)────────┐
 *    ▼                                 │
 *   Reading ──────► Queued ───────► Relaying ──► Ended
 *    │ │               │  ▲            │         ▲ ▲
 *    │ │               │  └────────────┘         │ │
 *    │ └───────────────┴─────────────────────────┘ │
 *    └───────────► Cancelling ─────────────────────┘
 * </pre>
 *
 * A session goes back from Relaying to Queued only while the member has not answered a byte, and to
 * Reading if that byte declines the client's SSLRequest.
 */
sealed interface ClientState {

  /**
   * The first packet is not complete.
   *
   * @param refusal what to tell the client once it is; null: it may go on
   * @param gssDeclined a GSSENCRequest was answered already; there is only one
   * @param tlsDeclined the member has answered an SSLRequest with N; there is only one
   * @param encrypted what is read came through TLS that ends here
   */
  record Reading(
      @Nullable SessionEnd refusal, boolean gssDeclined, boolean tlsDeclined, boolean encrypted)
      implements ClientState {
    static Reading first(@Nullable SessionEnd refusal) {
      return new Reading(refusal, false, false, false);
    }

    Reading declinedGss() {
      return new Reading(refusal, true, tlsDeclined, encrypted);
    }

    Reading throughTls() {
      return new Reading(refusal, gssDeclined, tlsDeclined, true);
    }

    Cancelling cancel() {
      return new Cancelling();
    }

    Queued opened(Opening opening, Instant now) {
      return new Queued(new BackendRequest(opening, false), now);
    }
  }

  /**
   * The first packet is there, no member is.
   *
   * @param since when the client began to wait
   */
  record Queued(BackendRequest request, Instant since) implements ClientState {
    Queued answeredSsl() {
      return new Queued(request.answeredSsl(), since);
    }

    Relaying relay() {
      return new Relaying(this);
    }
  }

  /**
   * Bytes flow to a member.
   *
   * @param origin how it began, while the member can still be replaced
   */
  record Relaying(Queued origin) implements ClientState {
    Queued again() {
      return origin;
    }

    /** It is to say what it wants instead of TLS. */
    Reading declinedTls() {
      return new Reading(null, false, true, false);
    }
  }

  /** What it wants to be cancelled is being cancelled. */
  record Cancelling() implements ClientState {}

  /** Over. */
  record Ended(SessionEnd end) implements ClientState {}
}
