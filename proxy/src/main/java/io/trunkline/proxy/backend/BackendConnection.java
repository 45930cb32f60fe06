package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.trunkline.config.TlsConfig;
import io.trunkline.pgwire.AuthenticationRequest;
import io.trunkline.pgwire.BackendMessages;
import io.trunkline.pgwire.CancelKey;
import io.trunkline.pgwire.ClientHello;
import io.trunkline.pgwire.Conversation;
import io.trunkline.pgwire.Opening;
import io.trunkline.pgwire.OpeningDecoder;
import io.trunkline.pgwire.scram.ChannelBinding;
import io.trunkline.pgwire.state.Pinned;
import io.trunkline.pgwire.state.SavedState;
import io.trunkline.pgwire.state.StateQuery;
import io.trunkline.pgwire.state.TextMarks;
import io.trunkline.proxy.backend.BackendState.Absent;
import io.trunkline.proxy.backend.BackendState.Attached;
import io.trunkline.proxy.backend.BackendState.Connected;
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
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.proxy.tls.BackendTls;
import io.trunkline.routing.Fence;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.WriteDecision;
import io.trunkline.routing.WriteState;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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

  private BackendState state = new Absent();
  private @Nullable ByteBuf startupPacket;
  private @Nullable Instant spokeAt;
  private @Nullable ScheduledFuture<?> unconfirmed;

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
    return state instanceof Attached || state instanceof Parted;
  }

  /** Whether its member is gone, and it is to go on at another one. */
  public boolean parted() {
    return state instanceof Parted;
  }

  /** Since when its client waits for that; empty while it has said nothing. */
  public Optional<Instant> waitsSince() {
    return parted() ? Optional.ofNullable(spokeAt) : Optional.empty();
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
      case Absent _, Unanswered _ -> Optional.empty();
    };
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
    return switch (state) {
      case Attached attached ->
          attached.flow() != Flow.BLOCKED && attached.link().channel().isWritable();
      case Parted _ -> !replay.full();
      case Absent _, Unanswered _ -> connector.linked() && !replay.full();
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
      restore(detached, link);
      return;
    }
    Optional<StartupGate> gate = Optional.empty();
    if (request.opening() instanceof Opening.StartupMessage) {
      boolean ownTls =
          context.config().tls().mode() == TlsConfig.Mode.TERMINATE || context.tls().isPresent();
      gate =
          Optional.of(
              new StartupGate(
                  client.allocator(),
                  link.place().asPrimary() && !context.pooled(),
                  ownTls,
                  authentication(link)));
    }
    Unanswered unanswered = new Absent().open(link, request, gate);
    state = unanswered;
    link.login().opens(request.speaksTls());
    replay.sendAgain();
    sendOpening(unanswered);
  }

  /** Where this node is to log in for its clients. */
  private Optional<ClientAuthentication> authentication(Link link) {
    if (context.verifiers().isEmpty() || !context.config().followMessages()) {
      return Optional.empty();
    }
    if (!context.trusts(link.channel())) {
      client.onLoginPassedThrough(
          link.place().member(),
          "the connection to it is not verified by TLS; set backend_tls of the listener to"
              + " verify_full or verify_ca, or insecure of auth to true");
      return Optional.empty();
    }
    return Optional.of(
        new ClientAuthentication(
            client.allocator(),
            new AuthenticationLine(link),
            client.certificate().flatMap(ChannelBinding::of),
            context.tls().isPresent(),
            BackendTls.certificate(link.channel()).flatMap(ChannelBinding::of)));
  }

  /** The connections to both, as the login needs them that this node does for the client. */
  private final class AuthenticationLine implements ClientAuthentication.Line {
    private final Link link;

    AuthenticationLine(Link link) {
      this.link = link;
    }

    @Override
    public void toClient(ByteBuf message, boolean last) {
      if (!last) {
        link.login().answered();
      }
      relay(message);
    }

    @Override
    public void toMember(ByteBuf message) {
      link.login().asked();
      link.channel().writeAndFlush(message);
    }

    @Override
    public void passThrough(ByteBuf bytes) {
      write(bytes);
      flush();
    }

    @Override
    public void refuse(SessionEnd reason, String why) {
      client.refuse(reason, why);
    }
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
    if (state instanceof Parted) {
      onSpoken();
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
                context.keepsSessions()
                    ? new Conversation(startup, new TextMarks())
                    : new Conversation(startup))
            : Optional.empty();
    if (conversation.isPresent() && context.keepsSessions()) {
      startupPacket = replay.copy(OpeningDecoder.length(replay.bytes()));
    }
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
    if (state instanceof Detached detached) {
      onTableDetached(detached, table);
    }
    if (connector.onTable(table) && fencing.learn(table, input)) {
      fence();
    }
  }

  private void fence() {
    switch (fencing.decide()) {
      case END -> {
        if (!detach(Optional.empty(), true)) {
          client.end(SessionEnd.SUPERSEDED);
        }
      }
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
    inquire();
  }

  /** Whether what the client sends is kept back for now, because its commit could be lost. */
  private void block(boolean wanted) {
    Flow flow = wanted ? Flow.BLOCKED : Flow.OPEN;
    if (state instanceof Attached attached
        && attached.flow() != flow
        && attached.flow() != Flow.BROKEN) {
      state = attached.with(flow);
      if (!wanted) {
        attached.kept().ifPresent(KeptSession::outdate);
      }
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

  /** Asks the member what the session is, while nothing changes it. */
  private void inquire() {
    if (state instanceof Attached attached
        && attached.flow() == Flow.BLOCKED
        && attached.kept().filter(it -> it.inquiry().isEmpty()).isPresent()
        && idle()
        && marks().filter(it -> it.pinned().isEmpty()).isPresent()) {
      StateInquiry inquiry = new StateInquiry(client.allocator(), new InquiryTaker());
      attached.kept().get().ask(inquiry);
      attached
          .link()
          .channel()
          .writeAndFlush(StateQuery.ask(client.allocator(), marks().get().settings()));
    }
  }

  private Optional<TextMarks> marks() {
    return conversation().flatMap(Conversation::marks);
  }

  /** What the inquiry leaves for the client. */
  private final class InquiryTaker implements StateInquiry.Taker {
    @Override
    public void pass(ByteBuf bytes) {
      relay(bytes);
    }

    @Override
    public void onState() {
      if (state instanceof Attached attached && attached.kept().orElseThrow().stale()) {
        KeptSession kept = attached.kept().get();
        ByteBuf rest = kept.inquiry().orElseThrow().takeRest();
        kept.forget();
        relay(rest);
        inquire();
      }
    }

    @Override
    public void onGoing(ByteBuf error) {
      if (!detach(Optional.of(error), false)) {
        relay(error);
      }
    }
  }

  /** Why the session ends if its member goes now; empty: it goes on at another one. */
  public Optional<Pinned> pinned() {
    if (!(state instanceof Attached attached)) {
      return Optional.empty();
    }
    if (attached.kept().isEmpty()) {
      return Optional.of(Pinned.LOGIN);
    }
    return marks()
        .flatMap(TextMarks::pinned)
        .or(
            () ->
                attached
                    .kept()
                    .get()
                    .inquiry()
                    .map(StateInquiry::pinned)
                    .orElse(Optional.of(Pinned.NO_ANSWER)));
  }

  /**
   * Leaves the member without the client noticing, if all is known that is needed to go on.
   *
   * @param farewell what the member has said last; owned by this if it is left
   * @param confirmed whether the member is known to be the primary no longer
   */
  private boolean detach(Optional<ByteBuf> farewell, boolean confirmed) {
    if (!(state instanceof Attached attached
        && attached.flow() == Flow.BLOCKED
        && attached.kept().flatMap(KeptSession::inquiry).isPresent()
        && idle())) {
      return false;
    }
    Optional<Pinned> pinned = pinned();
    if (pinned.isPresent()) {
      context.stats().pinned(pinned.get());
      return false;
    }
    KeptSession kept = attached.kept().get();
    SavedState saved = kept.inquiry().orElseThrow().state();
    kept.forget();
    attached.key().ifPresent(context.keys()::remove);
    state =
        new Detached(
            kept,
            saved,
            attached.conversation().orElseThrow(),
            attached.key(),
            attached.link().place(),
            farewell,
            confirmed);
    connector.detach();
    fencing.stop();
    context.stats().sessionDetached();
    spokeAt = null;
    if (!confirmed) {
      unconfirmed =
          loop.schedule(
              this::onUnconfirmed, context.cluster().holdTimeout().toNanos(), TimeUnit.NANOSECONDS);
    }
    client.updateReading();
    onSpoken();
    return true;
  }

  private void onTableDetached(Detached detached, RoutingTable table) {
    WriteDecision write = table.write();
    if (!detached.confirmed() && write.state() != WriteState.SWITCHING) {
      if (write.target().equals(Optional.of(detached.left().target()))) {
        onUnconfirmed(); // it was called off: somebody has ended this session only
        return;
      }
      stopWaitingToConfirm();
      detached.farewell().ifPresent(ByteBuf::release);
      state = detached.confirm();
    }
    onSpoken();
  }

  /** The member is still the primary: what it has said last is true. */
  private void onUnconfirmed() {
    if (state instanceof Detached detached && !detached.confirmed()) {
      stopWaitingToConfirm();
      state = detached.confirm();
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

  /** A session that says nothing needs no member. */
  private void onSpoken() {
    if (!(state instanceof Parted) || replay.size() == 0) {
      return;
    }
    if (spokeAt == null) {
      spokeAt = context.clock().instant();
    }
    if (replay.bytes().getByte(replay.bytes().readerIndex()) == 'X') {
      client.end(SessionEnd.CLIENT_CLOSED);
    } else if (state instanceof Detached detached
        && detached.confirmed()
        && !connector.searching()) {
      connector.search(new BackendRequest(detached.conversation().startup(), false));
    }
  }

  private void restore(Detached detached, Link link) {
    if (detached.kept().key().isPresent() && !context.trusts(link.channel())) {
      client.refuse(SessionEnd.NOT_RESTORED, "the connection to the member is not verified by TLS");
      return;
    }
    Restoration work =
        new Restoration(
            client.allocator(),
            new RestorationLine(link),
            detached.saved(),
            detached.conversation().startup().parameters().getOrDefault("user", ""),
            detached.kept().key(),
            context.tls().isPresent(),
            BackendTls.certificate(link.channel()).flatMap(ChannelBinding::of));
    state = detached.restore(link, work);
    link.login().opens(false);
    link.login().asked();
    link.channel().writeAndFlush(Unpooled.wrappedBuffer(detached.kept().startup()));
  }

  /** Where a session is being restored. */
  private final class RestorationLine implements Restoration.Line {
    private final Link link;

    RestorationLine(Link link) {
      this.link = link;
    }

    @Override
    public void toMember(ByteBuf message) {
      link.channel().writeAndFlush(message);
    }

    @Override
    public void onStarted() {
      link.login().completed(true);
    }

    @Override
    public void onNotNow(String why) {
      connector.giveUp(why);
    }

    @Override
    public void onRefused(String why) {
      client.refuse(SessionEnd.NOT_RESTORED, why);
    }

    @Override
    public void onRestored() {
      if (state instanceof Restoring restoring) {
        restored(restoring);
      }
    }
  }

  private void restored(Restoring restoring) {
    Attached attached = restoring.restored();
    Optional<CancelKey> cancels = restoring.work().cancelKey();
    attached
        .key()
        .ifPresent(
            key ->
                context
                    .keys()
                    .put(
                        key,
                        new CancelTarget(attached.link().place().address(), cancels.orElse(key))));
    state = attached;
    Conversation conversation = restoring.conversation();
    restoring
        .work()
        .parameters()
        .forEach(
            (name, value) -> {
              if (!conversation.parameter(name).equals(Optional.of(value))) {
                relay(BackendMessages.parameterStatus(client.allocator(), name, value));
              }
            });
    restoring.work().release();
    spokeAt = null;
    connector.attached();
    fencing.answered(true);
    context.stats().sessionRestored();
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
        case AUTHENTICATION -> {
          if (!authenticate(now, gate)) {
            return;
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

  /**
   * The member has sent what is about the login that this node does for the client.
   *
   * @return whether more can be judged now
   */
  private boolean authenticate(Connected now, StartupGate gate) {
    ClientAuthentication authentication = gate.authentication().orElseThrow();
    AuthenticationRequest.Kind kind = AuthenticationRequest.kind(gate.message());
    if (authentication.looksUp()) {
      if (gate.overfull()) {
        connector.giveUp("it sent too much before the client was authenticated");
      }
      return false;
    }
    if (!authentication.isNew()) {
      byte[] data = AuthenticationRequest.data(gate.message());
      relay(gate.take());
      gate.skip();
      authentication.onMember(kind, data);
      return true;
    }
    if (kind == AuthenticationRequest.Kind.SASL
        && now instanceof Unanswered unanswered
        && unanswered.request().opening() instanceof Opening.StartupMessage startup) {
      authentication.lookUp();
      now.link().login().progressed();
      context
          .verifiers()
          .orElseThrow()
          .ask(
              now.link().place().address(),
              startup.parameters().getOrDefault("user", ""),
              loop,
              it -> onVerifier(gate, it));
      return false;
    }
    authentication.release(); // another method, or none: that is between the two
    return true;
  }

  private void onVerifier(StartupGate gate, VerifierSource.Answer answer) {
    if (!(state instanceof Unanswered now && now.gate().filter(gate::equals).isPresent())) {
      ClientAuthentication.wipe(answer);
      return;
    }
    if (answer instanceof VerifierSource.Answer.Failed(String why)) {
      client.onLoginPassedThrough(now.link().place().member(), why);
    }
    ClientAuthentication authentication = gate.authentication().orElseThrow();
    if (authentication.begin(AuthenticationRequest.mechanisms(gate.message()), answer)) {
      now.link().login().answered();
      attach(now);
      if (starting()) {
        relay(gate.take());
        gate.skip();
        relay(authentication.offer());
      }
    }
    judge(gate);
    client.onMemberReadComplete();
  }

  /** Nothing is judged any more: the client gets all that the member has said. */
  private void started() {
    if (state instanceof Attached attached && attached.gate().isPresent()) {
      StartupGate gate = attached.gate().get();
      ByteBuf rest = gate.takeAll();
      state = attached.started(keeping(gate));
      gate.release();
      relay(rest);
    }
  }

  /** What it takes to go on at another member, if this node can log in there. */
  private Optional<KeptSession> keeping(StartupGate gate) {
    ByteBuf packet = startupPacket;
    startupPacket = null;
    if (packet == null) {
      return Optional.empty();
    }
    Optional<KeptSession> kept =
        gate.ready() && !gate.askedClient() && !isReplication()
            ? Optional.of(new KeptSession(packet, gate.takeKey()))
            : Optional.empty();
    packet.release();
    return kept;
  }

  private boolean isReplication() {
    return conversation()
        .filter(it -> it.startup().parameters().containsKey("replication"))
        .isPresent();
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
      context
          .keys()
          .put(
              conversation.key().get(),
              new CancelTarget(attached.link().place().address(), conversation.key().get()));
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
      case Detached _, Restoring _ ->
          connector.giveUp("it closed the connection before the session was restored");
      case Attached attached -> {
        if (attached.flow() != Flow.BROKEN && !detach(Optional.empty(), false)) {
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
      if (!detach(Optional.empty(), false)) {
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
    state = new Absent();
    if (left instanceof Connected connected) {
      connected.gate().ifPresent(StartupGate::release);
    }
    if (left instanceof Attached attached) {
      attached.key().ifPresent(context.keys()::remove);
      attached.kept().ifPresent(KeptSession::wipe);
    }
    if (left instanceof Restoring restoring) {
      restoring.work().release();
    }
    if (left instanceof Detached detached) {
      detached.farewell().ifPresent(ByteBuf::release);
    }
    if (left instanceof Parted parted) {
      parted.kept().wipe();
    }
    stopWaitingToConfirm();
    if (startupPacket != null) {
      startupPacket.release();
      startupPacket = null;
    }
  }
}
