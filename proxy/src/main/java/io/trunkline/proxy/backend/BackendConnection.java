package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.trunkline.pgwire.CancelKey;
import io.trunkline.pgwire.ClientHello;
import io.trunkline.pgwire.Conversation;
import io.trunkline.pgwire.Opening;
import io.trunkline.pgwire.OpeningDecoder;
import io.trunkline.pgwire.state.Block;
import io.trunkline.pgwire.state.Pinned;
import io.trunkline.pgwire.state.StateFollower;
import io.trunkline.proxy.backend.BackendState.Absent;
import io.trunkline.proxy.backend.BackendState.Attached;
import io.trunkline.proxy.backend.BackendState.Connected;
import io.trunkline.proxy.backend.BackendState.Declined;
import io.trunkline.proxy.backend.BackendState.Detached;
import io.trunkline.proxy.backend.BackendState.Flow;
import io.trunkline.proxy.backend.BackendState.Link;
import io.trunkline.proxy.backend.BackendState.Parted;
import io.trunkline.proxy.backend.BackendState.Place;
import io.trunkline.proxy.backend.BackendState.Restoring;
import io.trunkline.proxy.backend.BackendState.Unanswered;
import io.trunkline.proxy.relay.ChannelOps;
import io.trunkline.proxy.relay.ReplayBuffer;
import io.trunkline.proxy.stats.ConnectionFailure;
import io.trunkline.proxy.stats.MemberLoss;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.routing.Fence;
import io.trunkline.routing.RoutingTable;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The member's side of a session: keeps the client's bytes until the member has answered, relays
 * what both say, and is fenced. Owned by the client's event loop.
 */
public final class BackendConnection {
  private final BackendContext context;
  private final EventLoop loop;
  private final BackendClient client;
  private final ReplayBuffer replay;
  private final BackendConnector connector;
  private final Fencing fencing;

  private final MemberStartup startup;
  private final SessionKeeper keeper;
  private final SessionRestorer restorer;
  private final MemberAnswers answers;

  private BackendState state = new Absent();
  private @Nullable SessionCancel cancel;

  /**
   * @param replay what the client has sent and the member has not got, or not for good
   */
  public BackendConnection(
      BackendContext context, EventLoop loop, BackendClient client, ReplayBuffer replay) {
    this.context = context;
    this.loop = loop;
    this.client = client;
    this.replay = replay;
    this.connector = new BackendConnector(context, loop, client, this);
    this.fencing = new Fencing(context.picker(), context.random(), loop, this::departIfIdle);
    this.startup = new MemberStartup(context, loop, client, this, connector);
    this.keeper = new SessionKeeper(context, loop, client, replay, this, connector);
    this.restorer = new SessionRestorer(context, loop, client, this, connector, keeper);
    this.answers = new MemberAnswers(client, this, keeper);
  }

  /** Finds the member. */
  public BackendConnector connector() {
    return connector;
  }

  BackendState state() {
    return state;
  }

  void become(BackendState next) {
    if (next instanceof Parted && !parted()) {
      context.stats().kept().parted();
    } else if (parted() && !(next instanceof Parted)) {
      context.stats().kept().partedNoMore();
    }
    state = next;
  }

  // What is known.

  /** Whether the client's bytes may be sent on as they come. */
  public boolean flowing() {
    return state instanceof Attached attached && attached.flow() == Flow.OPEN;
  }

  /** Whether what the client sends is kept back. */
  public boolean blocked() {
    return state instanceof Attached attached && attached.flow() == Flow.BLOCKED;
  }

  /** Whether the member has answered: what is kept no longer begins with the opening. */
  public boolean attached() {
    return state instanceof Attached || state instanceof Parted;
  }

  /** Whether its member is gone, and it is to go on at another one. */
  public boolean parted() {
    return state instanceof Parted;
  }

  /** Since when its client waits for that; empty while it has said nothing. */
  public Optional<Instant> waitsSince() {
    return keeper.waitsSince();
  }

  /** Whether PostgreSQL has not accepted the session yet, as far as can be seen. */
  public boolean starting() {
    return state instanceof Connected connected && connected.gate().isPresent();
  }

  /** What can be told of the session from its messages; empty where there is nothing. */
  public Optional<Conversation> conversation() {
    return switch (state) {
      case Attached attached -> attached.conversation();
      case Parted parted -> Optional.of(parted.conversation());
      case Absent _, Declined _, Unanswered _ -> Optional.empty();
    };
  }

  boolean idle() {
    return conversation().isPresent() && conversation().get().idle();
  }

  /** Whether it has been told good-bye and owes nothing: then nobody waits for it to close. */
  public boolean dismissed() {
    return idle() && conversation().get().terminated();
  }

  /** Whether the client can be told something in PostgreSQL's words now. */
  public boolean canTellClient() {
    return conversation().isPresent() && conversation().get().canTellClient();
  }

  /** Whether the client is asked for something before PostgreSQL lets it in, and owed nothing. */
  public boolean awaitsClient() {
    return state instanceof Attached attached
        && attached.link().login().awaitsClient()
        && replay.size() == 0;
  }

  /**
   * Whether the client may be owed something by a member that it is connected to for good. What was
   * kept back is not sent once the client has left: nobody would hear what became of it.
   */
  public boolean mayAnswer() {
    return state instanceof Attached attached
        && attached.flow() != Flow.BROKEN
        && replay.size() == 0
        && !idle();
  }

  /** Whether the client may be read: not while writes are held, or the member is slow. */
  public boolean takesMore() {
    return switch (state) {
      case Attached attached ->
          attached.flow() != Flow.BLOCKED && attached.link().channel().isWritable();
      case Parted _ -> !replay.full();
      case Absent _, Declined _, Unanswered _ -> connector.linked() && !replay.full();
    };
  }

  /** Whether the member's kernel has all that was to be sent to it. */
  public boolean hasGotAll() {
    return !(state instanceof Attached attached)
        || ChannelOps.pending(attached.link().channel()) == 0;
  }

  // Until the member has answered.

  void onPlaced(Place place) {
    fencing.placed(place, context.cluster().cell().current());
  }

  /** A member is ready to be sent what the session is opened with. */
  void open(Link link, BackendRequest request) {
    if (state instanceof Detached detached) {
      restorer.restore(detached, link);
      return;
    }
    Unanswered unanswered = new Absent().open(link, request, startup.gate(link, request, replay));
    state = unanswered;
    link.login().opens(request.speaksTls());
    replay.sendAgain();
    sendOpening(unanswered);
  }

  /**
   * Sends what the session is opened with, as far as it is there. What comes after it is for the
   * member that answers, and for no other: a statement that was sent may be run.
   */
  private void sendOpening(Unanswered unanswered) {
    if (!unanswered.request().speaksTls()) {
      send(unanswered.link(), OpeningDecoder.length(replay.bytes()));
      return;
    }
    ClientHello hello = ClientHello.peek(replay.bytes());
    if (hello.extent() != ClientHello.Extent.NONE) {
      send(unanswered.link(), hello.length());
      if (hello.extent() == ClientHello.Extent.PARTIAL) {
        unanswered.link().login().awaitClient();
      }
    } else if (unanswered.request().sslAnswered()) {
      attach(unanswered); // the member has answered, too: what else there is is between the two
    } else {
      client.refuse(SessionEnd.STARTUP_MALFORMED, "the client began TLS without a ClientHello");
    }
  }

  private void send(Link link, int length) {
    link.login().asked();
    link.channel().writeAndFlush(replay.unsent(length));
  }

  /** The client will open the session without TLS, on this connection if nothing changes. */
  private void decline(Unanswered unanswered, ByteBuf answer) {
    Login login = unanswered.link().login();
    login.progressed(); // a server that is starting says N, too
    login.awaitClient();
    state = new Declined(unanswered.link());
    connector.answered();
    replay.dropSent();
    client.onMemberBytes(answer);
    client.onTlsDeclined();
  }

  /**
   * Opens the session at the member that has declined TLS, if it is still there and the right one.
   *
   * @return false: a member has to be found
   */
  public boolean openDeclined(BackendRequest request) {
    if (!(state instanceof Declined declined)) {
      return false;
    }
    if (context.cluster().cell().current().filter(connector::stillLeads).isEmpty()) {
      dropDeclined();
      return false;
    }
    onPlaced(declined.link().place());
    connector.asks(request);
    open(declined.link(), request);
    return true;
  }

  /** The member has gone while the client was to speak, or is not the right one any more. */
  private void dropDeclined() {
    state = new Absent();
    connector.detach();
  }

  boolean helloIsPartial() {
    return ClientHello.peek(replay.bytes()).extent() == ClientHello.Extent.PARTIAL;
  }

  /**
   * The client has sent more before the member has answered: it may be the rest of a ClientHello.
   */
  public void onMoreKept() {
    if (state instanceof Parted) {
      keeper.onSpoken();
    } else if (state instanceof Unanswered unanswered && unanswered.request().speaksTls()) {
      sendOpening(unanswered);
    }
  }

  /** The member is left, and another one may come. */
  void onReplaced() {
    if (state instanceof Restoring restoring) {
      restoring.work().release();
      state = restoring.from();
    } else if (!(state instanceof Detached)) {
      close();
    }
  }

  /** The member has answered: it will not be replaced. */
  private void attach(Unanswered unanswered) {
    Optional<Conversation> conversation =
        context.config().followMessages()
                && unanswered.request().opening() instanceof Opening.StartupMessage startup
            ? Optional.of(
                new Conversation(
                    startup, context.keepsSessions() ? new StateFollower(context.states()) : null))
            : Optional.empty();
    state = unanswered.answered(conversation);
    connector.answered();
    replay.dropSent();
    fencing.answered(conversation.isPresent());
    fence();
    sendKept();
  }

  void attachOnce() {
    if (state instanceof Unanswered unanswered) {
      attach(unanswered);
    }
  }

  // Fencing.

  /**
   * A new routing table is in.
   *
   * @param input what counts of it for a session that has a member
   */
  public void onTable(RoutingTable table, Fence.Input input) {
    if (state instanceof Declined && !connector.stillLeads(table)) {
      dropDeclined();
      return;
    }
    keeper.onTable(table);
    if (connector.onTable(table) && fencing.learn(table, input)) {
      fence();
    }
  }

  private void fence() {
    switch (fencing.decide()) {
      case END -> {
        if (!keeper.leave(MemberLoss.SUPERSEDED, Optional.empty())) {
          client.end(SessionEnd.SUPERSEDED);
        }
      }
      case REPLACE -> connector.replace();
      case BLOCK -> block(true);
      case BLOCK_WHEN_IDLE -> blockIfIdle();
      case KEEP, DEPART_WHEN_IDLE -> {
        keeper.onSwitching(false);
        block(false);
      }
    }
  }

  private void departIfIdle() {
    if (idle() && !keeper.leave(MemberLoss.MOVED, Optional.empty())) {
      client.end(SessionEnd.PROMOTED);
    }
  }

  /**
   * In a switchover what runs may finish; what would begin waits for what becomes of it: the member
   * ends the session when it stops, or the switchover is called off.
   */
  private void blockIfIdle() {
    block(blocked() || idle());
    keeper.onSwitching(true);
  }

  /** Whether what the client sends is kept back for now, because its commit could be lost. */
  private void block(boolean wanted) {
    Flow flow = wanted ? Flow.BLOCKED : Flow.OPEN;
    if (state instanceof Attached attached
        && attached.flow() != flow
        && attached.flow() != Flow.BROKEN) {
      state = attached.with(flow);
      sendKept();
      client.updateReading();
    }
  }

  /** What was kept until the member had answered, or while the session was blocked. */
  private void sendKept() {
    if (flowing() && replay.size() > 0) {
      write(replay.take());
      flush();
    }
  }

  // Going on at another member.

  /** Whether sessions like this one are kept when their member goes. */
  public boolean keepsSessions() {
    return context.keepsSessions();
  }

  /** What its cancel key stands for, once it has one. */
  Optional<SessionCancel> cancel() {
    return Optional.ofNullable(cancel);
  }

  /** Cancels what the client has said and no member has got. */
  void cancelSaid() {
    keeper.cancelSaid();
  }

  /** Has it go on at a better member, if it is idle and can; whether it may go. */
  public boolean move() {
    return keeper.move();
  }

  /** Why the session ends if its member goes now; empty: it goes on, or sessions are not kept. */
  public Optional<Pinned> pinned() {
    return keeper.pinned();
  }

  /** The member is left, and another one is looked for once it is needed. */
  void onDetached() {
    answers.dropHeld();
    fencing.stop();
  }

  /** Another member is what the one before was. */
  void onRestored() {
    connector.answered();
    fencing.answered(true);
    client.onMemberReadComplete();
    fence();
    sendKept();
    client.updateReading();
  }

  // Bytes for the member.

  /**
   * Sends the client's bytes on; takes ownership. Only while {@link #flowing}.
   *
   * @return whether there may be more
   */
  public boolean write(ByteBuf bytes) {
    Attached attached = (Attached) state;
    context.stats().fromClients().add(bytes.readableBytes());
    Optional<ClientAuthentication> authentication =
        attached.gate().flatMap(StartupGate::authentication);
    if (authentication.isPresent()) {
      authentication.get().onClientBytes(bytes);
      return true;
    }
    attached.link().login().asked();
    if (attached.conversation().isPresent()) {
      attached.conversation().get().toMember(bytes);
      if (chains(attached)) {
        bytes.release();
        client.refuse(SessionEnd.NOT_RESTORED, LostTransaction.CHAINED);
        return true;
      }
    }
    attached.link().backlog().adapt();
    return ChannelOps.relay(attached.link().channel(), bytes);
  }

  /** Whether it would begin a transaction as a lost one was, of which nobody knows how it was. */
  private static boolean chains(Attached attached) {
    Conversation conversation = attached.conversation().orElseThrow();
    return conversation.inLostTransaction()
        && conversation.follower().orElseThrow().block() == Block.CHAINED;
  }

  /** Has what was written sent now. */
  public void flush() {
    if (state instanceof Attached attached) {
      attached.link().channel().flush();
      attached.link().backlog().count();
    }
  }

  /**
   * The client will send nothing more: neither will we, once all is sent.
   *
   * @param done runs when that is so
   */
  public void finish(Runnable done) {
    if (state instanceof Attached attached) {
      ChannelOps.finish(attached.link().channel()).addListener(_ -> done.run());
    }
  }

  // What the member does.

  void onBackendBytes(Channel from, ByteBuf bytes) {
    if (!connector.current(from)) {
      bytes.release();
      return;
    }
    switch (state) {
      case Absent _ -> connector.onBytes(bytes);
      case Declined _ -> {
        bytes.release();
        dropDeclined();
      }
      case Connected connected when connected.gate().isPresent() ->
          startup.hear(connected.gate().get(), bytes);
      case Unanswered unanswered -> onFirstAnswer(unanswered, bytes);
      case Attached attached -> {
        Optional<StateInquiry> inquiry = attached.kept().flatMap(KeptSession::inquiry);
        if (inquiry.isPresent()) {
          inquiry.get().hear(bytes);
        } else {
          attached.link().login().onUnseenAnswer();
          relay(bytes);
        }
      }
      case Detached _ -> connector.onBytes(bytes);
      case Restoring restoring -> restoring.work().hear(bytes);
    }
  }

  /** The first bytes of a session that cannot be followed: they belong to the client. */
  private void onFirstAnswer(Unanswered unanswered, ByteBuf bytes) {
    byte first = bytes.getByte(bytes.readerIndex());
    if (unanswered.request().opening() instanceof Opening.SslRequest
        && (first == 'S' || first == 'N')) {
      context.tlsSupport().answered(first);
      if (first == 'N' && client.needsTls()) {
        bytes.release();
        client.end(SessionEnd.BACKEND_WITHOUT_TLS);
        return;
      }
      if (first == 'N' && bytes.readableBytes() == 1) {
        decline(unanswered, bytes);
        return;
      }
    }
    unanswered.link().login().onUnseenAnswer();
    attach(unanswered);
    relay(bytes);
    client.updateReading();
  }

  /** The client gets those bytes, but for an error after which the session goes on elsewhere. */
  void relay(ByteBuf bytes) {
    answers.relay(bytes);
  }

  /** The client has got more. */
  void onRelayed(Conversation conversation) {
    if (cancel == null && state instanceof Attached && conversation.key().isPresent()) {
      CancelKey key = conversation.key().get();
      cancel = new SessionCancel(loop, this, key);
      context.keys().put(key, cancel);
    }
    if (fencing.primary()
        && !context.pooled()
        && conversation.takeReadOnlyError()
        && conversation.inHotStandby().orElse(false)) {
      client.end(SessionEnd.READ_ONLY);
    } else if (fencing.blocksWhenIdle()) {
      blockIfIdle();
    } else if (fencing.departs()) {
      departIfIdle();
    }
    keeper.onRelayed();
  }

  void onBackendReadComplete() {
    client.onMemberReadComplete();
  }

  void onBackendWritability() {
    connector.countBacklog();
    client.updateReading();
  }

  /** The member will send nothing more (FIN). */
  void onBackendFinished(Channel from) {
    if (!connector.current(from)) {
      return;
    }
    switch (state) {
      case Absent _ -> connector.giveUp("it closed the connection before it answered");
      case Declined _ -> dropDeclined();
      case Unanswered unanswered -> {
        askIfDirectTlsWasRefused(unanswered);
        connector.giveUp("it closed the connection before it answered");
      }
      case Detached _, Restoring _ ->
          connector.giveUp("it closed the connection before the session was restored");
      case Attached attached -> {
        if (attached.flow() != Flow.BROKEN && !keeper.leave(MemberLoss.CRASHED, Optional.empty())) {
          startup.end();
          answers.relayHeld();
          boolean explained =
              attached.conversation().map(it -> it.fatal() || it.terminated()).orElse(true);
          client.onMemberFinished(explained, from.isActive());
        }
      }
    }
  }

  /**
   * A server that does not know TLS without a request for it closes such a connection without a
   * word, and always will. One that answers a request for TLS now was there all the time.
   */
  private void askIfDirectTlsWasRefused(Unanswered unanswered) {
    if (unanswered.request().opening() instanceof Opening.DirectTls) {
      BackendTlsSupport.ask(
          unanswered.link().place().address(),
          context.dialer(),
          loop,
          _ -> {
            if (connector.searching()) {
              SessionEnd reason = SessionEnd.DIRECT_TLS_UNSUPPORTED;
              client.refuse(reason, reason.sentence());
            }
          });
    }
  }

  void onBackendFailed(Channel from, Throwable cause) {
    if (!connector.current(from)) {
      return;
    }
    if (state instanceof Attached attached) {
      if (!keeper.leave(MemberLoss.CRASHED, Optional.empty())) {
        answers.relayHeld();
        state = attached.with(Flow.BROKEN);
        client.onMemberFailed(cause);
      }
    } else {
      context.stats().failed(ConnectionFailure.Side.MEMBER, ConnectionFailure.of(cause));
      onBackendFinished(from);
    }
  }

  /** The session is over. */
  public void leave(boolean inPeace) {
    boolean abort = !inPeace || dismissed();
    close();
    connector.leave(abort);
    fencing.stop();
  }

  private void close() {
    BackendState left = state;
    become(new Absent());
    if (left instanceof Connected connected) {
      connected.gate().ifPresent(StartupGate::release);
    }
    if (left instanceof Attached attached) {
      attached.kept().ifPresent(KeptSession::wipe);
      attached.conversation().flatMap(Conversation::follower).ifPresent(StateFollower::end);
    }
    if (left instanceof Restoring restoring) {
      restoring.work().release();
    }
    if (left instanceof Detached detached) {
      detached.farewell().ifPresent(ByteBuf::release);
    }
    if (left instanceof Parted parted) {
      parted.kept().wipe();
      parted.kept().follower().end();
    }
    keeper.stop();
    if (cancel != null) {
      context.keys().remove(cancel.key(), cancel);
      cancel.stop();
      cancel = null;
    }
    answers.dropHeld();
  }
}
