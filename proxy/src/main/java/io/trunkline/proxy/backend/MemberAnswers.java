package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.trunkline.pgwire.BackendMessages;
import io.trunkline.pgwire.Conversation;
import io.trunkline.pgwire.ServerError;
import io.trunkline.proxy.backend.BackendState.Attached;
import io.trunkline.proxy.stats.MemberLoss;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the member says, on its way to the client. An error that says that the server is going is
 * held back until it is known whether the session goes on elsewhere. Owned by the client's event
 * loop.
 */
final class MemberAnswers {
  private final BackendClient client;
  private final BackendConnection connection;
  private final SessionKeeper keeper;
  private @Nullable ByteBuf heldError;

  MemberAnswers(BackendClient client, BackendConnection connection, SessionKeeper keeper) {
    this.client = client;
    this.connection = connection;
    this.keeper = keeper;
  }

  /** The client gets those bytes, but for an error after which the session goes on elsewhere. */
  void relay(ByteBuf bytes) {
    if (connection.conversation().isEmpty()) {
      client.onMemberBytes(bytes);
      return;
    }
    Conversation conversation = connection.conversation().get();
    ByteBuf all = afterHeld(bytes);
    int end = conversation.toClient(all);
    if (end < all.writerIndex()) {
      relayUpTo(all, end);
      return;
    }
    client.onMemberBytes(all);
    connection.onRelayed(conversation);
  }

  /** Those bytes, after what was held back before. */
  private ByteBuf afterHeld(ByteBuf bytes) {
    ByteBuf held = heldError;
    if (held == null) {
      return bytes;
    }
    heldError = null;
    ByteBuf all = client.allocator().buffer(held.readableBytes() + bytes.readableBytes());
    all.writeBytes(held).writeBytes(bytes);
    held.release();
    bytes.release();
    return all;
  }

  /** There is an error that is not whole, or that is not for the client as it is. */
  private void relayUpTo(ByteBuf all, int end) {
    Conversation conversation = connection.conversation().orElseThrow();
    if (end > all.readerIndex()) {
      client.onMemberBytes(all.readRetainedSlice(end - all.readerIndex()));
      connection.onRelayed(conversation);
    }
    ByteBuf rest = client.allocator().buffer(all.readableBytes()).writeBytes(all);
    all.release();
    if (!(connection.state() instanceof Attached)) {
      rest.release(); // it has ended
      return;
    }
    int length = BackendMessages.length(rest);
    if (length < 0) {
      heldError = rest;
      return;
    }
    ServerError error = BackendMessages.error(rest);
    if (!error.isGoing()) {
      rest.skipBytes(length);
      relayAll(LostTransaction.error(client.allocator()));
      relay(rest);
    } else if (rest.getByte(rest.readerIndex()) == 'N') {
      if (rest.readableBytes() == length) {
        heldError = rest; // if it is true the connection ends now
      } else {
        relayAll(rest.readRetainedSlice(length)); // a function of the user's has said so
        relay(rest);
      }
    } else if (!keeper.leave(
        error.hasCrashed() ? MemberLoss.CRASHED : MemberLoss.STOPPED, Optional.of(rest))) {
      relayAll(rest);
    }
  }

  /** The client gets them, whatever they say. */
  private void relayAll(ByteBuf bytes) {
    Conversation conversation = connection.conversation().orElseThrow();
    conversation.toClientAll(bytes);
    client.onMemberBytes(bytes);
    connection.onRelayed(conversation);
  }

  /** The member says nothing more: what was held back is the client's. */
  void relayHeld() {
    if (heldError != null) {
      ByteBuf held = heldError;
      heldError = null;
      relayAll(held);
    }
  }

  /** What was held back is for nobody. */
  void dropHeld() {
    if (heldError != null) {
      heldError.release();
      heldError = null;
    }
  }
}
