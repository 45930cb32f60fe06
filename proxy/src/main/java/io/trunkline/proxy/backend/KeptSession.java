package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.trunkline.pgwire.scram.ClientKey;
import io.trunkline.pgwire.state.Change;
import io.trunkline.pgwire.state.Pinned;
import io.trunkline.pgwire.state.SavedState;
import io.trunkline.pgwire.state.StateFollower;
import io.trunkline.pgwire.state.StateMemory;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What it takes to open a session again at another member: the startup packet, the key, and what
 * the member has told of its state last. It goes when the session ends.
 */
final class KeptSession {
  /** A session whose member fails to tell its state so often is asked no more. */
  private static final int MOST_FAILURES = 3;

  private final byte[] startup;
  private final Optional<ClientKey> key;
  private final StateFollower follower;
  private final StateMemory memory;
  private @Nullable StateInquiry inquiry;
  private Optional<SavedState> told = Optional.empty();
  private Optional<Pinned> refused = Optional.empty();
  private int failures;

  /**
   * @param startup the packet that it was opened with
   * @param key logs in for the client; empty: the member does not ask for anything
   * @param memory what is told takes
   */
  KeptSession(byte[] startup, Optional<ClientKey> key, StateFollower follower, StateMemory memory) {
    this.startup = startup;
    this.key = key;
    this.follower = follower;
    this.memory = memory;
    tell(SavedState.FRESH);
  }

  byte[] startup() {
    return startup;
  }

  Optional<ClientKey> key() {
    return key;
  }

  StateFollower follower() {
    return follower;
  }

  /** The question that the member is answering. */
  Optional<StateInquiry> inquiry() {
    return Optional.ofNullable(inquiry);
  }

  /** Whether nothing that was said since pins the session whatever the member tells. */
  boolean worthAsking() {
    return inquiry == null && follower.marks().pinned().isEmpty() && failures < MOST_FAILURES;
  }

  /**
   * The member is being asked. What it has told before counts only if all that has changed since is
   * known.
   */
  void asks(StateInquiry asked) {
    inquiry = asked;
    if (follower.change() == Change.NONE) {
      told.map(follower::applied).ifPresent(this::tell);
    } else {
      refuse(Pinned.NO_ANSWER);
    }
    follower.asked();
  }

  /** The question is answered, well or not. */
  void onAnswer() {
    StateInquiry answered = inquiry;
    if (answered == null) {
      return;
    }
    Optional<Pinned> why = answered.pinned();
    if (why.isEmpty()) {
      tell(answered.takeState());
    } else if (!why.equals(Optional.of(Pinned.MEMORY)) || told.isEmpty()) {
      refuse(why.get());
    }
    if (refused.equals(Optional.of(Pinned.QUERY_FAILED))) {
      failures++;
      follower.notAnswered();
    } else {
      failures = 0;
    }
  }

  /** It is that now. */
  private void tell(SavedState state) {
    Optional<SavedState> held = memory.hold(state);
    told.ifPresent(memory::release);
    told = held;
    refused = held.isPresent() ? Optional.empty() : Optional.of(Pinned.MEMORY);
  }

  private void refuse(Pinned why) {
    told.ifPresent(memory::release);
    told = Optional.empty();
    refused = Optional.of(why);
  }

  /** Nobody listens to the answer any more; what was heard and is not part of it. */
  ByteBuf endInquiry() {
    StateInquiry ended = inquiry;
    inquiry = null;
    if (ended == null) {
      return Unpooled.EMPTY_BUFFER;
    }
    ByteBuf rest = ended.takeRest();
    ended.release();
    return rest;
  }

  /** Whether it could be kept if there was memory, and there is some now. */
  boolean worthAskingForMemory() {
    return refused.isPresent() && refused.get() == Pinned.MEMORY && memory.hasRoom();
  }

  /**
   * Why it cannot go on at another member now. What is known of a session that never will is
   * forgotten.
   */
  Optional<Pinned> pinned() {
    Optional<Pinned> marked = follower.marks().pinned();
    if (marked.isPresent()) {
      refuse(marked.get());
      follower.notKept();
      return marked;
    } else if (follower.unnamedWaits()) {
      return Optional.of(Pinned.UNNAMED_STATEMENT);
    } else if (refused.isEmpty() && follower.change() != Change.NONE) {
      return Optional.of(Pinned.CHANGED);
    }
    return refused;
  }

  /** What it is; only where it is not {@link #pinned}. */
  SavedState state() {
    return follower.applied(told.orElseThrow());
  }

  /** It is over. */
  void wipe() {
    endInquiry().release();
    refuse(Pinned.NO_ANSWER);
    key.ifPresent(ClientKey::wipe);
  }
}
