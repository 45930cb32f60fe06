package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.trunkline.pgwire.CancelKey;
import io.trunkline.pgwire.ClientHello;
import io.trunkline.pgwire.Conversation;
import io.trunkline.pgwire.FrontendMessages;
import io.trunkline.pgwire.Opening;
import io.trunkline.pgwire.OpeningDecoder;
import io.trunkline.proxy.backend.BackendState.Absent;
import io.trunkline.proxy.backend.BackendState.AskingTls;
import io.trunkline.proxy.backend.BackendState.Attached;
import io.trunkline.proxy.backend.BackendState.Connected;
import io.trunkline.proxy.backend.BackendState.Dialling;
import io.trunkline.proxy.backend.BackendState.Place;
import io.trunkline.proxy.backend.BackendState.Placed;
import io.trunkline.proxy.backend.BackendState.Queued;
import io.trunkline.proxy.backend.BackendState.Securing;
import io.trunkline.proxy.backend.BackendState.Unanswered;
import io.trunkline.proxy.relay.ChannelOps;
import io.trunkline.proxy.relay.ReadBuffer;
import io.trunkline.proxy.relay.RelayMemory;
import io.trunkline.proxy.relay.ReplayBuffer;
import io.trunkline.proxy.session.ClientState.Waiting;
import io.trunkline.proxy.session.ListenerContext;
import io.trunkline.proxy.session.Session;
import io.trunkline.proxy.session.SessionLoop;
import io.trunkline.proxy.stats.ConnectionFailure;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.proxy.tls.BackendTls;
import io.trunkline.routing.Fence;
import io.trunkline.routing.Fence.Verdict;
import io.trunkline.routing.Pick;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.WriteReason;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The member's side of a session: finds one, keeps the client's bytes until it has answered, and
 * replaces it while it has not. Owned by the client's event loop.
 */
public final class BackendConnection implements Login.Listener {
  /** To the SSLRequest, to the ClientHello, and to what comes then. */
  private static final int UNSEEN_ANSWERS = 3;

  private final ListenerContext context;
  private final SessionLoop loop;
  private final Session session;
  private final ReplayBuffer replay;
  private final BackendSelector search;
  private final Departure departure;

  private BackendState state = new Absent();
  private RelayMemory.@Nullable Backlog backlog;
  private @Nullable Waiting request;
  private @Nullable ScheduledFuture<?> answerDeadline;
  private @Nullable StartupGate greeting;
  private @Nullable Conversation conversation;
  private @Nullable CancelKey key;
  private Fence.@Nullable Facts facts;
  private Fence.@Nullable Input input;
  private Instant inputAt = Instant.MIN;
  private Verdict verdict = Verdict.KEEP;
  private boolean paused;
  private boolean gone;
  private long ticket;
  private @Nullable Login login;
  private int unseenAnswers;
  private boolean refused;
  private String refusal = WriteReason.UNREACHABLE.sentence();
  private Instant letIn = Instant.MIN;

  public BackendConnection(
      ListenerContext context, SessionLoop loop, Session session, ReplayBuffer replay) {
    this.context = context;
    this.loop = loop;
    this.session = session;
    this.replay = replay;
    this.search = new BackendSelector(context, loop.eventLoop());
    this.departure = new Departure(loop.eventLoop(), this::departIfIdle);
  }

  /** Whether the client's bytes may be sent on as they come. */
  public boolean flowing() {
    return state instanceof Attached && !paused && !gone;
  }

  /** Whether it has been told good-bye and owes nothing: then nobody waits for it to close. */
  public boolean dismissed() {
    return conversation != null && conversation.terminated() && conversation.idle();
  }

  /** The client will say nothing more. */
  public void onClientFinished() {
    if (login != null) {
      login.onClientFinished();
    }
  }

  /** Whether the client is asked for something before PostgreSQL lets it in, and owed nothing. */
  public boolean awaitsClient() {
    return state instanceof Attached && login != null && login.awaitsClient() && replay.size() == 0;
  }

  /** Whether the member has answered: what is kept no longer begins with the opening. */
  public boolean attached() {
    return state instanceof Attached;
  }

  /**
   * Whether the client may be owed something by a member that it is connected to for good. What was
   * kept back is not sent once the client has left: nobody would hear what became of it.
   */
  public boolean mayAnswer() {
    return state instanceof Attached
        && !gone
        && replay.size() == 0
        && (conversation == null || !conversation.idle());
  }

  /** Who it is, also while it is being connected. */
  public Optional<String> member() {
    return state instanceof Placed placed ? Optional.of(placed.place().member()) : Optional.empty();
  }

  /** Whether PostgreSQL has not accepted the session yet, as far as can be seen. */
  public boolean starting() {
    return greeting != null;
  }

  /** What can be told of the session from its messages; empty where there is nothing. */
  public Optional<Conversation> conversation() {
    return Optional.ofNullable(conversation);
  }

  /** Whether what the client sends is kept back. */
  public boolean paused() {
    return paused;
  }

  /** Whether the client may be read: not while writes are held, or the member is slow. */
  public boolean takesMore() {
    return switch (state) {
      case Attached attached -> !paused && attached.channel().isWritable();
      case AskingTls _, Securing _, Unanswered _ -> !replay.full();
      case Absent _, Queued _, Dialling _ -> false;
    };
  }

  // Finding a member.

  /** Looks for a member for that client; the session hears what comes of it. */
  public void search(Waiting waiting) {
    request = waiting;
    switch (search.next()) {
      case Pick.To to -> {
        LoginQueue queue = context.cluster().logins().at(to);
        if (!search.inVain()) {
          enter(queue, new Absent().queue(to));
        } else if (queue.refuses()) {
          askAmongOthers(queue, new Absent().queue(to));
        } else {
          waitAndAskAgain();
        }
      }
      case Pick.Wait wait -> session.onNoMember(wait.reason().sentence());
      case Pick.Nobody nobody -> session.onNoMember(nobody.reason().sentence());
      case Pick.Exhausted _ -> waitAndAskAgain();
    }
  }

  private void waitAndAskAgain() {
    session.onNoMember(refusal);
    if (request != null) {
      search.again(this::searchAgain);
    }
  }

  /** The member refuses everybody: it is asked by a few, and this session may be one of them. */
  private void askAmongOthers(LoginQueue queue, Queued queued) {
    session.onQueued(queue.refusal().orElse(refusal));
    if (request != null) {
      enter(queue, queued);
    }
  }

  private void enter(LoginQueue queue, Queued queued) {
    state = queued;
    remember(queued.place(), context.cluster().cell().current());
    context.stats().attached(queued.place().member());
    if (ticket == 0) {
      ticket = context.cluster().logins().nextTicket();
    }
    login = new Login(queue, ticket, loop.eventLoop(), this);
    if (login.enter()) {
      dial(queued.dial());
    } else {
      session.onQueued(
          queue
              .refusal()
              .orElseGet(() -> "queued behind other logins at " + queued.place().member()));
    }
  }

  @Override
  public void onAdmitted(Login admitted) {
    if (admitted == login && state instanceof Queued queued) {
      dial(queued.dial());
    }
  }

  /** Somebody else was refused: another member may take this session. */
  @Override
  public void onRefusing(Login queued) {
    if (queued == login
        && state instanceof Queued
        && search.next() instanceof Pick.To
        && !search.inVain()) {
      replace();
    }
  }

  /** Whether the member that it waits for refuses connections, also to others. */
  public boolean refusing() {
    return login != null ? login.queue().refuses() : refused;
  }

  /** For a client that has waited too long at a member; it takes a look at all who wait. */
  public Optional<String> whyQueuedTooLong() {
    return login != null && state instanceof Queued queued
        ? Optional.of(
            login
                .queue()
                .refusal()
                .orElseGet(
                    () ->
                        "queued behind %d logins at %s, which lets none of them in"
                            .formatted(login.queue().before(login), queued.place().member())))
        : Optional.empty();
  }

  /**
   * When the member that it waits for, or has waited for, last went on letting somebody in. Of one
   * that has refused this session itself that is no hope.
   */
  public Instant letIn() {
    if (login != null && !refused) {
      Instant last = context.clock().instant().minus(login.queue().answeredAgo());
      letIn = last.isAfter(letIn) ? last : letIn;
    }
    return letIn;
  }

  /** The client's request as it stands now. */
  public void requestIs(Waiting waiting) {
    request = waiting;
  }

  private void searchAgain() {
    if (request != null && state instanceof Absent) {
      search(request);
    }
  }

  private void dial(Dialling dialling) {
    state = dialling;
    context
        .dialer()
        .dial(dialling.place().address(), loop.eventLoop(), new BackendHandler(this))
        .addListener((Future<Channel> dialled) -> onDialled(dialling, dialled));
  }

  /**
   * What is known now: tables from before that are still to come say nothing new of the session.
   */
  private void remember(Place place, Optional<RoutingTable> table) {
    facts = Fence.Facts.dialling(place.target(), place.asPrimary(), table);
    input = table.map(now -> Fence.Input.of(now, context.picker())).orElse(null);
    inputAt = table.map(now -> now.view().at()).orElse(Instant.MIN);
  }

  @SuppressWarnings("ReferenceEquality") // an equal state may belong to a later dial
  private void onDialled(Dialling dialling, Future<Channel> dialled) {
    if (state != dialling || request == null || login == null) {
      if (dialled.isSuccess()) {
        ChannelOps.close(dialled.getNow());
      }
      return;
    }
    if (!dialled.isSuccess()) {
      onNotDialled(dialling.place().member(), dialled.cause());
      return;
    }
    if (!context.pooled()) {
      context.connects().connected(context.cluster().name(), dialling.place().member());
    }
    Channel member = dialled.getNow();
    backlog = context.memory().new Backlog(member);
    login.progressed();
    awaitAnswer(context.config().startupTimeout());
    if (request.sslAnswered() || context.backendTls().isPresent()) {
      state = dialling.askTls(member);
      member.writeAndFlush(FrontendMessages.sslRequest());
    } else {
      open(dialling.send(member), request);
    }
    session.onMemberConnected();
  }

  private void onNotDialled(String member, Throwable cause) {
    String why = String.valueOf(cause.getMessage());
    refusal =
        cause instanceof UnknownHostException
            ? "the name of " + member + " cannot be resolved: " + why
            : WriteReason.UNREACHABLE.sentence();
    giveUp(why, cause instanceof ConnectTimeoutException);
  }

  private void awaitAnswer(Duration patience) {
    answerDeadline =
        loop.eventLoop().schedule(this::onNoAnswer, patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** A login is not given up while the member gets on with others: it is slow, not silent. */
  private void onNoAnswer() {
    if (login == null) {
      return;
    }
    if (request != null && request.speaksTls() && helloIsPartial()) {
      session.end(SessionEnd.STARTUP_TIMEOUT);
      return;
    }
    Duration silent = login.owed();
    Duration progress = login.queue().progressAgo();
    silent = progress.compareTo(silent) < 0 ? progress : silent;
    Duration left = context.config().startupTimeout().minus(silent);
    if (left.isPositive()) {
      login.letOthersPass();
      awaitAnswer(left);
    } else {
      refusal = WriteReason.UNREACHABLE.sentence();
      giveUp("it accepted the connection but does not answer", true);
    }
  }

  private boolean helloIsPartial() {
    return ClientHello.peek(replay.bytes()).extent() == ClientHello.Extent.PARTIAL;
  }

  private void open(Unanswered unanswered, Waiting waiting) {
    state = unanswered;
    if (waiting.opening() instanceof Opening.StartupMessage) {
      greeting =
          new StartupGate(
              session.allocator(),
              unanswered.place().asPrimary() && !context.pooled(),
              context.tls().isPresent() || context.backendTls().isPresent());
    }
    unseenAnswers = waiting.speaksTls() ? UNSEEN_ANSWERS - 1 : UNSEEN_ANSWERS;
    replay.sendAgain();
    sendOpening(unanswered, waiting);
  }

  /**
   * Sends what the session is opened with, as far as it is there. What comes after it is for the
   * member that answers, and for no other: a statement that was sent may be run.
   */
  private void sendOpening(Unanswered unanswered, Waiting waiting) {
    if (!waiting.speaksTls()) {
      send(unanswered, OpeningDecoder.length(replay.bytes()));
      return;
    }
    ClientHello hello = ClientHello.peek(replay.bytes());
    if (hello.extent() != ClientHello.Extent.NONE) {
      send(unanswered, hello.length());
      if (login != null && hello.extent() == ClientHello.Extent.PARTIAL) {
        login.awaitClient();
      }
    } else if (waiting.sslAnswered()) {
      attach(unanswered); // the member has answered, too: what else there is is between the two
    } else {
      session.refuse(SessionEnd.STARTUP_MALFORMED, "it began TLS without a ClientHello");
    }
  }

  private void send(Unanswered unanswered, int length) {
    if (login != null) {
      login.asked();
    }
    unanswered.channel().writeAndFlush(replay.unsent(length));
  }

  private void cancelAnswerDeadline() {
    if (answerDeadline != null) {
      answerDeadline.cancel(false);
      answerDeadline = null;
    }
  }

  /** Leaves a member that has not answered anything, and looks for the next. */
  private void giveUp(String why) {
    refusal = WriteReason.UNREACHABLE.sentence();
    giveUp(why, false);
  }

  private void giveUp(String why, boolean silent) {
    String member = ((Placed) state).place().member();
    context.stats().dialFailed();
    if (!context.pooled()) {
      context.connects().failed(context.cluster().name(), member, why);
    }
    if (login != null) {
      letIn();
      refused = true;
      login.refused(refusal, silent);
    }
    search.refusedBy(member);
    replace();
  }

  private void replace() {
    Placed left = (Placed) state;
    context.stats().detached(left.place().member());
    state = new Absent();
    cancelAnswerDeadline();
    forgetGreeting();
    forgetLogin();
    if (left instanceof Connected connected) {
      ChannelOps.abort(connected.channel());
    }
    session.onMemberLeft();
    searchAgain();
  }

  private void forgetLogin() {
    if (login != null) {
      letIn();
      login.leave();
      login = null;
    }
  }

  /** A new routing table is in. */
  public void onTable(RoutingTable table, Fence.Input next) {
    if (state instanceof Queued queued
        && !context.picker().leadsTo(table, queued.place().target(), queued.place().address())) {
      replace();
    } else if (state instanceof Placed) {
      if (!table.view().at().isBefore(inputAt)) {
        input = next;
        inputAt = table.view().at();
        fence();
      }
    } else if (!search.waitsInSpiteOf(table)) {
      searchAgain();
    }
  }

  /** Decides by the newest table, or anew because the facts have changed. */
  private void fence() {
    if (facts == null || input == null) {
      return;
    }
    facts = facts.seen(input);
    verdict = Fence.decide(facts, input);
    departure.wanted(verdict == Verdict.DEPART_WHEN_IDLE);
    switch (verdict) {
      case END -> session.end(SessionEnd.SUPERSEDED);
      case REPLACE -> replace();
      case BLOCK -> pause(true);
      case BLOCK_WHEN_IDLE -> pauseIfIdle();
      case KEEP, DEPART_WHEN_IDLE -> pause(false);
    }
  }

  private void departIfIdle() {
    if (conversation != null && conversation.idle()) {
      session.end(SessionEnd.PROMOTED);
    }
  }

  /**
   * In a switchover what runs may finish; what would begin waits for what becomes of it: the member
   * ends the session when it stops, or the switchover is called off.
   */
  private void pauseIfIdle() {
    pause(paused || (conversation != null && conversation.idle()));
  }

  /** Whether what the client sends is kept back for now, because its commit could be lost. */
  private void pause(boolean wanted) {
    if (paused == wanted || !(state instanceof Attached)) {
      return;
    }
    paused = wanted;
    sendKept();
    session.updateReading();
  }

  /** What was kept until the member had answered, or while the session was paused. */
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
    if (login != null) {
      login.asked();
    }
    Channel member = ((Attached) state).channel();
    context.stats().fromClients().add(bytes.readableBytes());
    if (conversation != null) {
      conversation.toMember(bytes);
    }
    if (backlog != null) {
      backlog.adapt();
    }
    return ChannelOps.relay(member, bytes);
  }

  public void flush() {
    if (state instanceof Attached attached) {
      attached.channel().flush();
      countBacklog();
    }
  }

  private void countBacklog() {
    if (backlog != null) {
      backlog.count();
    }
  }

  /**
   * The client has sent more before the member has answered: it may be the rest of a ClientHello.
   */
  public void onMoreKept() {
    if (state instanceof Unanswered unanswered && request != null && request.speaksTls()) {
      sendOpening(unanswered, request);
    }
  }

  public void setReading(boolean wanted) {
    if (state instanceof Connected connected) {
      connected.channel().config().setAutoRead(wanted);
    }
  }

  /**
   * The client will send nothing more: neither will we, once all is sent.
   *
   * @param done runs when that is so
   */
  public void finish(Runnable done) {
    if (state instanceof Attached attached) {
      ChannelOps.finish(attached.channel()).addListener(_ -> done.run());
    }
  }

  /** Whether the member's kernel has all that was to be sent to it. */
  public boolean hasGotAll() {
    return !(state instanceof Attached attached) || ChannelOps.pending(attached.channel()) == 0;
  }

  // What the member does.

  void onBackendBytes(Channel from, ByteBuf bytes) {
    if (!current(from)) {
      bytes.release();
      return;
    }
    switch (state) {
      case AskingTls asking -> onTlsAnswer(asking, bytes);
      case Unanswered unanswered -> {
        if (greeting == null) {
          onFirstAnswer(unanswered, bytes);
        } else {
          onGreeting(greeting, bytes);
        }
      }
      case Attached _ -> {
        if (greeting == null) {
          if (login != null) {
            onUnseenAnswer(login);
          }
          relay(bytes);
        } else {
          onGreeting(greeting, bytes);
        }
      }
      case Absent _, Queued _, Dialling _, Securing _ -> bytes.release();
    }
  }

  /**
   * What cannot be read counts as let in once the startup packet, or the end of the TLS handshake,
   * is answered: what comes after could be the first query.
   */
  private void onUnseenAnswer(Login unseen) {
    if (unseen.answered()) {
      unseenAnswers--;
      if (unseenAnswers <= 0) {
        completeLogin(true);
      }
    }
  }

  private void completeLogin(boolean admitted) {
    if (login != null) {
      login.completed(admitted);
      login = null;
    }
  }

  private void onTlsAnswer(AskingTls asking, ByteBuf bytes) {
    boolean accepted = bytes.readableBytes() == 1 && bytes.getByte(bytes.readerIndex()) == 'S';
    bytes.release();
    if (login != null) {
      login.progressed();
    }
    if (context.backendTls().isPresent()) {
      if (accepted) {
        secure(asking.secure(), context.backendTls().get());
      } else {
        giveUp("it does not take TLS, which backend_tls asks for");
      }
    } else if (accepted && request != null) {
      open(asking.send(), request);
    } else {
      session.end(SessionEnd.BACKEND_WITHOUT_TLS);
    }
  }

  private void secure(Securing securing, BackendTls tls) {
    state = securing;
    Channel member = securing.channel();
    SslHandler handler = tls.handler(member.alloc(), securing.place().address());
    handler.setHandshakeTimeoutMillis(0); // onNoAnswer ends it, unless the member is only slow
    handler.handshakeFuture().addListener((Future<Channel> agreed) -> onSecured(securing, agreed));
    ReadBuffer.forDecoders(member);
    member.pipeline().addFirst(handler);
  }

  @SuppressWarnings("ReferenceEquality") // an equal state may belong to a later dial
  private void onSecured(Securing securing, Future<Channel> agreed) {
    if (state != securing || request == null) {
      return;
    }
    if (agreed.isSuccess()) {
      open(securing.send(), request);
    } else {
      giveUp("TLS with it failed: " + agreed.cause().getMessage());
    }
  }

  /** The first bytes of a session that cannot be followed: they belong to the client. */
  private void onFirstAnswer(Unanswered unanswered, ByteBuf bytes) {
    byte first = bytes.getByte(bytes.readerIndex());
    if (request != null
        && request.opening() instanceof Opening.SslRequest
        && (first == 'S' || first == 'N')) {
      context.tlsKnowledge().answered(first);
      if (first == 'N' && session.needsTls()) {
        bytes.release();
        session.end(SessionEnd.BACKEND_WITHOUT_TLS);
        return;
      }
    }
    if (login != null) {
      onUnseenAnswer(login);
    }
    attach(unanswered);
    relay(bytes);
    session.updateReading();
  }

  private void onGreeting(StartupGate heard, ByteBuf bytes) {
    heard.hear(bytes);
    while (heard == greeting) {
      switch (heard.judge()) {
        case WAIT -> {
          return;
        }
        case ASK_CLIENT -> {
          if (login != null) {
            login.answered();
          }
          attachOnce();
          if (heard == greeting) {
            relay(heard.take());
          }
        }
        case LET_THROUGH -> {
          completeLogin(heard.ready());
          attachOnce();
          if (heard == greeting) {
            ByteBuf rest = heard.take();
            forgetGreeting();
            relay(rest);
          }
        }
        case NOT_ACCEPTING -> {
          if (state instanceof Unanswered) {
            giveUp("it does not accept connections now (57P03)");
          } else {
            session.end(SessionEnd.MET_STANDBY);
          }
        }
        case STANDBY -> metStandby();
      }
    }
    session.updateReading();
  }

  /** Writes would be refused: somebody else, or the same one later. */
  private void metStandby() {
    String member = ((Placed) state).place().member();
    context.connects().standbySeen(context.cluster().name(), member);
    if (state instanceof Unanswered) {
      giveUp("it says that it is a standby");
    } else {
      session.refuse(SessionEnd.MET_STANDBY, SessionEnd.MET_STANDBY.sentence());
    }
  }

  private void attachOnce() {
    if (state instanceof Unanswered unanswered) {
      attach(unanswered);
    }
  }

  /** The member has answered: it will not be replaced. */
  private void attach(Unanswered unanswered) {
    state = unanswered.answered();
    cancelAnswerDeadline();
    if (context.config().followMessages()
        && request != null
        && request.opening() instanceof Opening.StartupMessage startup) {
      conversation = new Conversation(startup);
    }
    request = null;
    replay.dropSent();
    facts = Objects.requireNonNull(facts).answered(conversation != null);
    fence();
    sendKept();
  }

  private void forgetGreeting() {
    if (greeting != null) {
      greeting.release();
      greeting = null;
    }
  }

  /** The client gets those bytes. */
  private void relay(ByteBuf bytes) {
    if (conversation == null) {
      session.onMemberBytes(bytes);
      return;
    }
    conversation.toClient(bytes);
    session.onMemberBytes(bytes);
    if (key == null && conversation.key().isPresent() && state instanceof Attached attached) {
      key = conversation.key().get();
      context.keys().given(key, attached.place().address());
    }
    if (wasPrimary()
        && !context.pooled()
        && conversation.takeReadOnlyError()
        && conversation.inHotStandby().orElse(false)) {
      session.end(SessionEnd.READ_ONLY);
    } else if (verdict == Verdict.BLOCK_WHEN_IDLE) {
      pauseIfIdle();
    } else if (departure.due()) {
      departIfIdle();
    }
  }

  private boolean wasPrimary() {
    return facts != null && facts.primary();
  }

  /** Whether the client can be told something in PostgreSQL's words now. */
  public boolean canTellClient() {
    return conversation != null && conversation.canTellClient();
  }

  /** Whether that is the connection to the present member, not to one that was left. */
  private boolean current(Channel channel) {
    return state instanceof Connected connected && connected.channel().equals(channel);
  }

  void onBackendReadComplete() {
    session.onMemberReadComplete();
  }

  void onBackendWritability() {
    countBacklog();
    session.updateReading();
  }

  /** The member will send nothing more (FIN). */
  void onBackendFinished(Channel from) {
    if (!current(from)) {
      return;
    }
    switch (state) {
      case AskingTls _, Securing _, Unanswered _ -> {
        askIfDirectTlsWasRefused();
        giveUp("it closed the connection before it answered");
      }
      case Attached _ when gone -> {}
      case Attached _ -> {
        if (greeting != null) {
          relay(greeting.takeAll());
          forgetGreeting();
        }
        session.onMemberFinished(
            conversation == null || conversation.fatal() || conversation.terminated(),
            from.isActive());
      }
      case Absent _, Queued _, Dialling _ -> {}
    }
  }

  /**
   * A server that does not know TLS without a request for it closes such a connection without a
   * word, and always will. One that answers a request for TLS now was there all the time.
   */
  private void askIfDirectTlsWasRefused() {
    if (state instanceof Unanswered unanswered
        && request != null
        && request.opening() instanceof Opening.DirectTls) {
      BackendTlsSupport.ask(
          unanswered.place().address(),
          context.dialer(),
          loop.eventLoop(),
          _ -> {
            if (request != null) {
              SessionEnd reason = SessionEnd.DIRECT_TLS_UNSUPPORTED;
              session.refuse(reason, reason.sentence());
            }
          });
    }
  }

  void onBackendFailed(Channel from, Throwable cause) {
    if (!current(from)) {
      return;
    }
    if (state instanceof Attached) {
      gone = true;
      session.onMemberFailed(cause);
    } else {
      context.stats().failed(ConnectionFailure.Side.MEMBER, ConnectionFailure.of(cause));
      onBackendFinished(from);
    }
  }

  /** The session is over. */
  public void leave(boolean inPeace) {
    boolean dismissed = dismissed();
    BackendState left = state;
    state = new Absent();
    if (left instanceof Connected connected) {
      if (inPeace && !dismissed) {
        ChannelOps.close(connected.channel());
      } else {
        ChannelOps.abort(connected.channel());
      }
    }
    request = null;
    cancelAnswerDeadline();
    forgetGreeting();
    forgetLogin();
    departure.cancel();
    search.stop();
    if (key != null) {
      context.keys().over(key);
    }
    if (left instanceof Placed placed) {
      context.stats().detached(placed.place().member());
    }
  }
}
