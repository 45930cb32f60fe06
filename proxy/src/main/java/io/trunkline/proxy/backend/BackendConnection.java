package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.trunkline.config.TlsConfig;
import io.trunkline.pgwire.ClientHello;
import io.trunkline.pgwire.Conversation;
import io.trunkline.pgwire.Opening;
import io.trunkline.pgwire.OpeningDecoder;
import io.trunkline.proxy.backend.BackendState.Absent;
import io.trunkline.proxy.backend.BackendState.Attached;
import io.trunkline.proxy.backend.BackendState.Connected;
import io.trunkline.proxy.backend.BackendState.Flow;
import io.trunkline.proxy.backend.BackendState.Link;
import io.trunkline.proxy.backend.BackendState.Place;
import io.trunkline.proxy.backend.BackendState.Unanswered;
import io.trunkline.proxy.relay.ChannelOps;
import io.trunkline.proxy.relay.ReplayBuffer;
import io.trunkline.proxy.stats.ConnectionFailure;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.routing.Fence;
import io.trunkline.routing.RoutingTable;
import java.util.Optional;

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

  private BackendState state = new Absent();

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
    this.fencing = new Fencing(context.picker(), loop, this::departIfIdle);
  }

  /** Finds the member. */
  public BackendConnector connector() {
    return connector;
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
    return state instanceof Attached;
  }

  /** Whether PostgreSQL has not accepted the session yet, as far as can be seen. */
  public boolean starting() {
    return state instanceof Connected connected && connected.gate().isPresent();
  }

  /** What can be told of the session from its messages; empty where there is nothing. */
  public Optional<Conversation> conversation() {
    return state instanceof Attached attached ? attached.conversation() : Optional.empty();
  }

  private boolean idle() {
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
    return state instanceof Attached attached
        ? attached.flow() != Flow.BLOCKED && attached.link().channel().isWritable()
        : connector.linked() && !replay.full();
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
    Optional<StartupGate> gate = Optional.empty();
    if (request.opening() instanceof Opening.StartupMessage) {
      boolean ownTls =
          context.config().tls().mode() == TlsConfig.Mode.TERMINATE || context.tls().isPresent();
      gate =
          Optional.of(
              new StartupGate(
                  client.allocator(), link.place().asPrimary() && !context.pooled(), ownTls));
    }
    Unanswered unanswered = new Absent().open(link, request, gate);
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

  boolean helloIsPartial() {
    return ClientHello.peek(replay.bytes()).extent() == ClientHello.Extent.PARTIAL;
  }

  /**
   * The client has sent more before the member has answered: it may be the rest of a ClientHello.
   */
  public void onMoreKept() {
    if (state instanceof Unanswered unanswered && unanswered.request().speaksTls()) {
      sendOpening(unanswered);
    }
  }

  /** The member is left, and another one may come. */
  void onReplaced() {
    close();
  }

  /** The member has answered: it will not be replaced. */
  private void attach(Unanswered unanswered) {
    Optional<Conversation> conversation =
        context.config().followMessages()
                && unanswered.request().opening() instanceof Opening.StartupMessage startup
            ? Optional.of(new Conversation(startup))
            : Optional.empty();
    state = unanswered.answered(conversation);
    connector.attached();
    replay.dropSent();
    fencing.answered(conversation.isPresent());
    fence();
    sendKept();
  }

  private void attachOnce() {
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
    if (connector.onTable(table) && fencing.learn(table, input)) {
      fence();
    }
  }

  private void fence() {
    switch (fencing.decide()) {
      case END -> client.end(SessionEnd.SUPERSEDED);
      case REPLACE -> connector.replace();
      case BLOCK -> block(true);
      case BLOCK_WHEN_IDLE -> blockIfIdle();
      case KEEP, DEPART_WHEN_IDLE -> block(false);
    }
  }

  private void departIfIdle() {
    if (idle()) {
      client.end(SessionEnd.PROMOTED);
    }
  }

  /**
   * In a switchover what runs may finish; what would begin waits for what becomes of it: the member
   * ends the session when it stops, or the switchover is called off.
   */
  private void blockIfIdle() {
    block(blocked() || idle());
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

  // Bytes for the member.

  /**
   * Sends the client's bytes on; takes ownership. Only while {@link #flowing}.
   *
   * @return whether there may be more
   */
  public boolean write(ByteBuf bytes) {
    Attached attached = (Attached) state;
    attached.link().login().asked();
    context.stats().fromClients().add(bytes.readableBytes());
    if (attached.conversation().isPresent()) {
      attached.conversation().get().toMember(bytes);
    }
    attached.link().backlog().adapt();
    return ChannelOps.relay(attached.link().channel(), bytes);
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
      case Connected connected when connected.gate().isPresent() -> {
        StartupGate gate = connected.gate().get();
        gate.hear(bytes);
        judge(gate);
      }
      case Unanswered unanswered -> onFirstAnswer(unanswered, bytes);
      case Attached attached -> {
        attached.link().login().onUnseenAnswer();
        relay(bytes);
      }
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
    }
    unanswered.link().login().onUnseenAnswer();
    attach(unanswered);
    relay(bytes);
    client.updateReading();
  }

  /** Does what the gate says, for as long as it is there. */
  private void judge(StartupGate gate) {
    while (state instanceof Connected now && now.gate().filter(gate::equals).isPresent()) {
      switch (gate.judge()) {
        case WAIT -> {
          return;
        }
        case ASK_CLIENT -> {
          now.link().login().answered();
          attachOnce();
          if (starting()) {
            relay(gate.take());
          }
        }
        case LET_THROUGH -> {
          now.link().login().completed(gate.ready());
          attachOnce();
          started();
        }
        case NOT_ACCEPTING -> {
          if (now instanceof Unanswered) {
            connector.giveUp("it does not accept connections now (57P03)");
          } else {
            client.end(SessionEnd.MET_STANDBY);
          }
        }
        case STANDBY -> metStandby(now);
      }
    }
    client.updateReading();
  }

  /** Nothing is judged any more: the client gets all that the member has said. */
  private void started() {
    if (state instanceof Attached attached && attached.gate().isPresent()) {
      StartupGate gate = attached.gate().get();
      ByteBuf rest = gate.takeAll();
      gate.release();
      state = attached.started();
      relay(rest);
    }
  }

  /** Writes would be refused: somebody else, or the same one later. */
  private void metStandby(Connected connected) {
    context.connects().standbySeen(context.cluster().name(), connected.link().place().member());
    if (connected instanceof Unanswered) {
      connector.giveUp("it reports that it is a standby");
    } else {
      client.refuse(SessionEnd.MET_STANDBY, SessionEnd.MET_STANDBY.sentence());
    }
  }

  /** The client gets those bytes. */
  private void relay(ByteBuf bytes) {
    if (conversation().isEmpty()) {
      client.onMemberBytes(bytes);
      return;
    }
    Conversation conversation = conversation().get();
    conversation.toClient(bytes);
    client.onMemberBytes(bytes);
    if (state instanceof Attached attached
        && attached.key().isEmpty()
        && conversation.key().isPresent()) {
      state = attached.given(conversation.key().get());
      context.keys().put(conversation.key().get(), attached.link().place().address());
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
      case Unanswered unanswered -> {
        askIfDirectTlsWasRefused(unanswered);
        connector.giveUp("it closed the connection before it answered");
      }
      case Attached attached -> {
        if (attached.flow() != Flow.BROKEN) {
          started();
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
      state = attached.with(Flow.BROKEN);
      client.onMemberFailed(cause);
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
    state = new Absent();
    if (left instanceof Connected connected) {
      connected.gate().ifPresent(StartupGate::release);
    }
    if (left instanceof Attached attached) {
      attached.key().ifPresent(context.keys()::remove);
    }
  }
}
