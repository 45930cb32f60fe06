package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.trunkline.config.ListenerConfig.KeepSessions;
import io.trunkline.pgwire.BackendMessages;
import io.trunkline.pgwire.Conversation;
import io.trunkline.pgwire.ErrorResponse;
import io.trunkline.pgwire.state.Block;
import io.trunkline.pgwire.state.Pinned;
import io.trunkline.pgwire.state.StateFollower;
import io.trunkline.proxy.backend.BackendState.Attached;
import io.trunkline.proxy.backend.BackendState.Detached;
import io.trunkline.proxy.backend.BackendState.Flow;
import io.trunkline.proxy.backend.BackendState.Parted;
import io.trunkline.proxy.backend.BackendState.Place;
import io.trunkline.proxy.backend.BackendState.Restoring;
import io.trunkline.proxy.relay.ReplayBuffer;
import io.trunkline.proxy.stats.KeptStats;
import io.trunkline.proxy.stats.MemberLoss;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.routing.Member;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.WriteDecision;
import io.trunkline.routing.WriteState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has a session go on at another member when its own is gone: asks what the session is, leaves the
 * member without the client noticing, answers for a transaction that is lost with it, and makes
 * another member what that one was. Owned by the client's event loop.
 */
final class SessionKeeper {
  private final BackendContext context;
  private final EventLoop loop;
  private final BackendClient client;
  private final ReplayBuffer replay;
  private final BackendConnection connection;
  private final BackendConnector connector;
  private final StateAsker asker;

  private boolean switching;
  private boolean askedBlocked;
  private boolean countedPinned;
  private @Nullable Instant spokeAt;
  private @Nullable ScheduledFuture<?> unconfirmed;

  SessionKeeper(
      BackendContext context,
      EventLoop loop,
      BackendClient client,
      ReplayBuffer replay,
      BackendConnection connection,
      BackendConnector connector) {
    this.context = context;
    this.loop = loop;
    this.client = client;
    this.replay = replay;
    this.connection = connection;
    this.connector = connector;
    this.asker = new StateAsker(context, loop, client, connection, this::moveNow);
  }

  // What the session is.

  /** The client has got something: it may be idle now. */
  void onRelayed() {
    asker.onRelayed();
  }

  /** Whether a switchover is due, or was when the member was lost. Who is blocked is asked once. */
  void onSwitching(boolean due) {
    switching = due;
    if (!due) {
      askedBlocked = false;
    } else if (!askedBlocked
        && connection.state() instanceof Attached attached
        && attached.flow() == Flow.BLOCKED) {
      askedBlocked = true;
      asker.ask(attached);
    }
  }

  /** Why the session ends if its member goes now; empty: it goes on at another one. */
  Optional<Pinned> pinned() {
    if (!context.keepsSessions() || !(connection.state() instanceof Attached attached)) {
      return Optional.empty();
    }
    return attached.kept().isEmpty() ? Optional.of(Pinned.LOGIN) : attached.kept().get().pinned();
  }

  // Leaving the member.

  /**
   * Has the session go on at a better member, if it is idle and can: once its own has told what it
   * is, and what it may have seen.
   *
   * @return whether it may go
   */
  boolean move() {
    if (!(connection.state() instanceof Attached attached
        && attached.flow() == Flow.OPEN
        && attached.kept().filter(KeptSession::worthAsking).isPresent()
        && connection.idle())) {
      return false;
    }
    Optional<Pinned> pinned = attached.kept().get().pinned();
    if (pinned.isPresent() && pinned.get() != Pinned.CHANGED) {
      return false;
    }
    asker.askToMove(attached);
    return true;
  }

  private void moveNow(KeptSession kept, OptionalLong seen) {
    if (connection.idle() && !switching && kept.pinned().isEmpty()) {
      leave(MemberLoss.MOVED, Optional.empty(), seen);
    }
  }

  /**
   * Leaves a member that is lost, if the session can go on.
   *
   * @param farewell what the member has said last; owned by this if it is left
   * @return false: the session ends with its member
   */
  boolean leave(MemberLoss loss, Optional<ByteBuf> farewell) {
    return leave(loss, farewell, OptionalLong.empty());
  }

  private boolean leave(MemberLoss loss, Optional<ByteBuf> farewell, OptionalLong seen) {
    if (!(connection.state() instanceof Attached attached
        && attached.gate().isEmpty()
        && context.keepsSessions()
        && keeps(attached, loss))) {
      return false;
    }
    MemberLoss cause = cause(attached, loss);
    if (attached.kept().isEmpty()) {
      countPinned(Pinned.LOGIN, cause);
      return false;
    }
    KeptSession kept = attached.kept().get();
    Conversation conversation = attached.conversation().orElseThrow();
    StateFollower follower = kept.follower();
    Block block = follower.block();
    if (!conversation.visible()
        || !conversation.atBoundary()
        || conversation.terminated()
        || conversation.fatal()) {
      return false;
    }
    boolean idle = connection.idle();
    if (!idle && (!block.isUndone() || conversation.pending().tooMany())) {
      farewell.ifPresent(ByteBuf::release);
      client.end(SessionEnd.OUTCOME_UNKNOWN);
      return true;
    }
    follower.lost();
    Optional<Pinned> pinned = kept.pinned();
    if (pinned.isPresent()) {
      countPinned(pinned.get(), cause);
      return false;
    }
    Optional<ByteBuf> begin =
        idle ? Optional.empty() : conversation.takeBackBegin(client.allocator());
    begin.ifPresent(message -> replay.replace(0, message));
    detach(attached, kept, cause, farewell, seen, idle || begin.isPresent());
    return true;
  }

  /** A session that ends with its member counts once, however often it is told of the end. */
  private void countPinned(Pinned reason, MemberLoss cause) {
    if (!countedPinned) {
      countedPinned = true;
      context.stats().kept().sessionPinned(reason);
      context.cluster().moves().pinned(cause, reason, loop);
    }
  }

  private MemberLoss cause(Attached attached, MemberLoss loss) {
    return loss == MemberLoss.STOPPED && switching && attached.link().place().asPrimary()
        ? MemberLoss.SWITCHOVER
        : loss;
  }

  /**
   * Whether sessions are kept at such a loss. A replica's acknowledge nothing that could be missing
   * elsewhere; of a primary's that is known only if it was switched over.
   */
  private boolean keeps(Attached attached, MemberLoss loss) {
    return loss == MemberLoss.MOVED
        || !attached.link().place().asPrimary()
        || context.config().keepSessions() == KeepSessions.ALWAYS
        || (switching && loss == MemberLoss.STOPPED);
  }

  /** Whether the routing table will tell what has become of the member. */
  private boolean isToldByTable(Detached detached) {
    return switching && detached.left().asPrimary();
  }

  /** Where the WAL of that member is, as far as is known. */
  private OptionalLong position(Place place) {
    return context
        .cluster()
        .cell()
        .current()
        .flatMap(table -> table.view().member(place.member()))
        .map(Member::position)
        .orElse(OptionalLong.empty());
  }

  private void detach(
      Attached attached,
      KeptSession kept,
      MemberLoss cause,
      Optional<ByteBuf> farewell,
      OptionalLong seen,
      boolean idle) {
    kept.endInquiry().release();
    asker.stop();
    connection.cancel().ifPresent(SessionCancel::onAnswered);
    Conversation conversation = attached.conversation().orElseThrow();
    Optional<LostTransaction> transaction =
        idle
            ? Optional.empty()
            : Optional.of(
                new LostTransaction(
                    client.allocator(),
                    replay,
                    conversation,
                    kept.follower(),
                    new TransactionLine()));
    Detached detached =
        new Detached(
            kept,
            kept.state(),
            conversation,
            attached.link().place(),
            cause,
            farewell,
            false,
            seen.isPresent() ? seen : position(attached.link().place()),
            transaction);
    connection.become(detached);
    connector.detach();
    connection.onDetached();
    spokeAt = null;
    if (cause != MemberLoss.STOPPED && cause != MemberLoss.SWITCHOVER) {
      confirm(detached);
    } else {
      unconfirmed =
          loop.schedule(
              this::onUnconfirmed, context.cluster().holdTimeout().toNanos(), TimeUnit.NANOSECONDS);
      if (!isToldByTable(detached)) {
        context.check().ask(detached.left().address(), loop, it -> onChecked(detached, it));
      }
    }
    client.updateReading();
  }

  private final class TransactionLine implements LostTransaction.Line {
    @Override
    public void toClient(ByteBuf bytes) {
      client.onMemberBytes(bytes);
    }

    @Override
    public void refuse(String why) {
      client.refuse(SessionEnd.NOT_RESTORED, why);
    }
  }

  @SuppressWarnings("ReferenceEquality") // an equal state may be a later one
  private void onChecked(Detached asked, boolean letsIn) {
    if (connection.state() == asked) {
      if (letsIn) {
        onUnconfirmed();
      } else {
        confirm(asked);
      }
    }
  }

  /** A new routing table is in. */
  void onTable(RoutingTable table) {
    if (!(connection.state() instanceof Detached detached)) {
      return;
    }
    WriteDecision write = table.write();
    if (!detached.confirmed() && isToldByTable(detached) && write.state() != WriteState.SWITCHING) {
      if (write.target().equals(Optional.of(detached.left().target()))) {
        onUnconfirmed(); // it was called off: somebody has ended this session only
      } else {
        confirm(detached);
      }
    } else if (detached.confirmed()) {
      onSpoken();
    }
  }

  /** The member is gone for good: what it has said last is not for the client. */
  private void confirm(Detached detached) {
    stopWaitingToConfirm();
    detached.farewell().ifPresent(ByteBuf::release);
    connection.become(detached.confirm());
    KeptStats stats = context.stats().kept();
    stats.sessionDetached(detached.cause());
    boolean inTransaction = detached.transaction().isPresent();
    if (inTransaction) {
      stats.transactionLost();
    }
    context.cluster().moves().detached(detached.cause(), inTransaction, loop);
    detached.transaction().ifPresent(LostTransaction::answerPending);
    client.onMemberReadComplete();
    onSpoken();
  }

  /** The member is still there: what it has said last is true. */
  private void onUnconfirmed() {
    if (connection.state() instanceof Detached detached && !detached.confirmed()) {
      stopWaitingToConfirm();
      connection.become(detached.confirm());
      detached.farewell().ifPresent(client::onMemberBytes);
      client.onMemberReadComplete();
      client.end(
          detached.farewell().isPresent() ? SessionEnd.BACKEND_CLOSED : SessionEnd.BACKEND_LOST);
    }
  }

  private void stopWaitingToConfirm() {
    if (unconfirmed != null) {
      unconfirmed.cancel(false);
      unconfirmed = null;
    }
  }

  // Going on.

  /** Since when the client waits for another member; empty while it has said nothing. */
  Optional<Instant> waitsSince() {
    return connection.parted() ? Optional.ofNullable(spokeAt) : Optional.empty();
  }

  /** The client has said something. A session that says nothing needs no member. */
  void onSpoken() {
    if (!(connection.state() instanceof Parted) || replay.size() == 0) {
      return;
    }
    boolean withinMessage =
        connection.state() instanceof Detached detached
            && detached.transaction().filter(LostTransaction::withinMessage).isPresent();
    if (!withinMessage && replay.messageType(0) == 'X') {
      client.end(SessionEnd.CLIENT_CLOSED);
      return;
    }
    if (spokeAt == null) {
      spokeAt = context.clock().instant();
    }
    if (connection.state() instanceof Detached detached && detached.confirmed()) {
      if (detached.transaction().isPresent() && !answer(detached, detached.transaction().get())) {
        return;
      }
      if (replay.size() > 0 && !connector.searching()) {
        connector.search(new BackendRequest(detached.conversation().startup(), false));
      }
    }
  }

  /**
   * Answers what the client has said after its transaction was lost.
   *
   * @return whether the rest is for a member
   */
  private boolean answer(Detached detached, LostTransaction transaction) {
    transaction.answerSaid();
    client.onMemberReadComplete();
    if (!(connection.state() instanceof Detached)) {
      return false; // it has ended
    }
    if (transaction.over()) {
      connection.become(detached.withoutTransaction());
    }
    nothingSaid();
    client.updateReading();
    return transaction.needsMember();
  }

  /** A session whose client waits for nothing has no place among those that wait. */
  private void nothingSaid() {
    if (replay.size() == 0) {
      spokeAt = null;
    }
  }

  /**
   * Answers the first query or batch that no member has seen as PostgreSQL answers one that is
   * cancelled. What of it is not there yet cannot be cancelled.
   */
  void cancelSaid() {
    boolean withoutMember =
        switch (connection.state()) {
          case Detached detached -> detached.confirmed() && detached.transaction().isEmpty();
          case Restoring restoring -> restoring.from().transaction().isEmpty();
          case Attached attached -> attached.flow() == Flow.BLOCKED && connection.idle();
          default -> false;
        };
    int length = withoutMember ? replay.firstRequest() : 0;
    if (length == 0) {
      return;
    }
    Conversation conversation = connection.conversation().orElseThrow();
    conversation.toMember(replay.bytes().slice(replay.bytes().readerIndex(), length));
    replay.drop(length);
    nothingSaid();
    connection.relay(
        ErrorResponse.error(
            client.allocator(),
            "57014",
            "canceling statement due to user request",
            "No member had got it yet.",
            ""));
    connection.relay(BackendMessages.readyForQuery(client.allocator(), 'I'));
    client.onMemberReadComplete();
    if (replay.size() == 0) {
      connector.stopSearching();
      client.onNothingWanted();
    }
    client.updateReading();
  }

  /** It is restored; how long its client has waited for that. */
  Duration goesOn() {
    Duration waited =
        spokeAt == null ? Duration.ZERO : Duration.between(spokeAt, context.clock().instant());
    spokeAt = null;
    switching = false;
    return waited;
  }

  /** The session is over. */
  void stop() {
    asker.stop();
    stopWaitingToConfirm();
  }
}
