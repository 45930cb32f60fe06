package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.trunkline.pgwire.scram.ClientKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What it takes to open a session again at another member; it goes when the session ends. */
final class KeptSession {
  private final byte[] startup;
  private final Optional<ClientKey> key;
  private @Nullable StateInquiry inquiry;
  private boolean stale;

  /**
   * @param startup the packet that it was opened with
   * @param key logs in for the client; empty: the member does not ask for anything
   */
  KeptSession(ByteBuf startup, Optional<ClientKey> key) {
    this.startup = ByteBufUtil.getBytes(startup);
    this.key = key;
  }

  byte[] startup() {
    return startup;
  }

  Optional<ClientKey> key() {
    return key;
  }

  /** What is asked, or was asked and is still so. */
  Optional<StateInquiry> inquiry() {
    return Optional.ofNullable(inquiry);
  }

  void ask(StateInquiry asked) {
    inquiry = asked;
    stale = false;
  }

  /** The client may change the session from now on: what is asked, or was, is not so any more. */
  void outdate() {
    stale = true;
    if (inquiry != null && inquiry.answered()) {
      forget();
    }
  }

  /** Whether the client could change the session after the question. */
  boolean stale() {
    return stale;
  }

  /** What was told is not so any more. */
  void forget() {
    if (inquiry != null) {
      inquiry.release();
      inquiry = null;
    }
  }

  /** It is over. */
  void wipe() {
    forget();
    key.ifPresent(ClientKey::wipe);
  }
}
