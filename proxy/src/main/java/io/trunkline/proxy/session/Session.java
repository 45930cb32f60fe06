package io.trunkline.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import io.trunkline.config.RouteKind;
import io.trunkline.pgwire.ErrorResponse;
import io.trunkline.pgwire.Opening;
import io.trunkline.pgwire.OpeningDecoder;
import io.trunkline.proxy.admission.Rules;
import io.trunkline.proxy.backend.BackendClient;
import io.trunkline.proxy.backend.BackendConnection;
import io.trunkline.proxy.backend.BackendConnector;
import io.trunkline.proxy.backend.BackendTlsSupport;
import io.trunkline.proxy.backend.ClusterContext;
import io.trunkline.proxy.cancel.CancelFanOut;
import io.trunkline.proxy.relay.ChannelOps;
import io.trunkline.proxy.relay.RelayMemory;
import io.trunkline.proxy.relay.ReplayBuffer;
import io.trunkline.proxy.relay.SocketOptions;
import io.trunkline.proxy.session.ClientState.Cancelling;
import io.trunkline.proxy.session.ClientState.Ended;
import io.trunkline.proxy.session.ClientState.Queued;
import io.trunkline.proxy.session.ClientState.Reading;
import io.trunkline.proxy.session.ClientState.Relaying;
import io.trunkline.proxy.stats.ConnectionFailure;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.proxy.tls.ServerTls;
import io.trunkline.routing.Fence;
import io.trunkline.routing.RoutingTable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One client and, once there is one, its member. The client's state machine is {@link ClientState},
 * the member's {@link BackendConnection}; one event loop owns both, and every method runs on it.
 */
public final class Session implements BackendClient {
  /**
   * PostgreSQL closes first once it has read a Terminate that is not seen here; so TIME_WAIT stays
   * on its side.
   */
  private static final Duration FINISH_GRACE = Duration.ofMillis(100);

  /**
   * How long a client that was told the end may take to close; until then its bytes are dropped.
   */
  private static final Duration LINGER = Duration.ofSeconds(2);

  /** A client that is refused anyway gets this long to send the packet that can be answered. */
  private static final Duration REFUSED_PATIENCE = Duration.ofSeconds(1);

  /** However short {@code hold_timeout} is: a login takes a while. */
  private static final Duration QUEUE_PATIENCE = Duration.ofSeconds(1);

  /** When to look again whether members take TLS. */
  private static final Duration PROMISE_LATER = Duration.ofMillis(100);

  private final ListenerContext context;
  private final SessionLoop loop;
  private final Channel client;
  private final InetSocketAddress address;
  private final InetAddress local;
  private final ReplayBuffer replay;
  private final RelayMemory.Backlog backlog;
  private final StartupHandler startup;
  private final BackendConnection backend;
  private final BackendConnector connector;

  private ClientState state = Reading.first(null);
  private String waitsFor = "";
  private Rules.@Nullable Admitted admitted;
  private long id;
  private Instant since = Instant.EPOCH;
  private long bytesFromClient;
  private long bytesToClient;
  private boolean counted;
  private boolean waiting;
  private boolean held;
  private boolean served;
  private boolean lingers;
  private boolean clientFinished;
  private boolean finishedMember;
  private @Nullable SessionEnd memberFinished;
  private @Nullable ScheduledFuture<?> deadline;

  /**
   * @param address the client's own, also when it comes through a balancer that tells it
   */
  public Session(
      ListenerContext context, SessionLoop loop, Channel client, InetSocketAddress address) {
    this.context = context;
    this.loop = loop;
    this.client = client;
    this.address = address;
    this.local = ChannelOps.localAddress(client);
    this.replay = new ReplayBuffer(client.alloc(), context.memory());
    this.backlog = context.memory().new Backlog(client);
    this.startup = new StartupHandler(context, this, client, address, replay);
    this.backend = new BackendConnection(context.backends(), loop.eventLoop(), this, replay);
    this.connector = backend.connector();
  }

  // What the client does.

  /** Its client is there. */
  public void onClientConnected() {
    counted = true;
    context.enterTls();
    id = loop.add(this, context);
    since = context.now();
    Optional<SessionEnd> refusal =
        context.admission().enter(address.getAddress(), context.stats().connectionOpened());
    if (loop.lost().contains(local)) {
      end(SessionEnd.VIP_LOST);
      return;
    }
    if (refusal.isPresent() && !lingers()) {
      context.refusals().refused(refusal.get(), host(), refusal.get().sentence());
      leave(refusal.get());
      ChannelOps.abort(client);
      return;
    }
    if (refusal.equals(Optional.of(SessionEnd.ADDRESS_DENIED))) {
      refuse(SessionEnd.ADDRESS_DENIED, SessionEnd.ADDRESS_DENIED.sentence());
      return;
    }
    state = Reading.first(refusal.orElse(null));
    Duration patience = refusal.isPresent() ? REFUSED_PATIENCE : context.config().startupTimeout();
    deadline = after(patience, () -> end(SessionEnd.STARTUP_TIMEOUT));
  }

  void onClientBytes(ByteBuf bytes) {
    bytesFromClient += bytes.readableBytes();
    switch (state) {
      case Reading reading -> {
        replay.add(bytes);
        startup.read(reading);
      }
      case Queued _ -> {
        replay.add(bytes);
        if (replay.full()) {
          client.config().setAutoRead(false);
        }
      }
      case Relaying _ -> {
        if (backend.flowing()) {
          if (!backend.write(bytes)) {
            client.config().setAutoRead(false);
          }
        } else {
          replay.add(bytes);
          backend.onMoreKept();
          updateReading();
        }
      }
      case Cancelling _, Ended _ -> bytes.release();
    }
  }

  void onClientReadComplete() {
    backend.flush();
  }

  void onClientWritability() {
    backlog.count();
    connector.setReading(client.isWritable());
  }

  /** The client will send nothing more (FIN). It may be waiting for what it has asked for. */
  void onClientFinished() {
    clientFinished = true;
    connector.onClientFinished();
    switch (state) {
      case Reading _ -> end(SessionEnd.CLIENT_CLOSED);
      case Queued queued -> {
        if (held || !asksMore(queued)) {
          end(SessionEnd.CLIENT_CLOSED);
        }
      }
      case Relaying relaying -> {
        if (backend.dismissed()) {
          backend.flush();
          end(SessionEnd.CLIENT_CLOSED);
        } else if (backend.awaitsClient()) {
          end(SessionEnd.CLIENT_CLOSED);
        } else if (backend.flowing()) {
          finishMember();
        } else if (!backend.mayAnswer() && !asksMore(relaying.origin())) {
          end(SessionEnd.CLIENT_CLOSED);
        }
      }
      case Cancelling _ -> end(SessionEnd.CANCEL_DONE);
      case Ended _ -> closeWhenSent();
    }
  }

  /** Whether the client has sent more than what opens a session: then it wants an answer. */
  private boolean asksMore(Queued queued) {
    return !backend.attached()
        && queued.request().opening() instanceof Opening.StartupMessage
        && replay.size() > OpeningDecoder.length(replay.bytes());
  }

  /** Tells the member that the client has finished, once it has got all. */
  private void finishMember() {
    if (!finishedMember) {
      finishedMember = true;
      after(
          FINISH_GRACE,
          hasEndedTls()
              ? this::endFinished
              : () -> backend.finish(memberFinished == null ? () -> {} : this::endFinished));
    }
  }

  /** Then it reads no more: what is written to it is dropped unnoticed. */
  private boolean hasEndedTls() {
    SslHandler tls = client.pipeline().get(SslHandler.class);
    return tls != null && tls.sslCloseFuture().isDone();
  }

  void onClientGone() {
    end(orAsMemberFinished(clientFinished ? SessionEnd.CLIENT_CLOSED : SessionEnd.CLIENT_LOST));
  }

  void onClientFailed(Throwable cause) {
    end(orAsMemberFinished(failed(ConnectionFailure.Side.CLIENT, cause, SessionEnd.CLIENT_LOST)));
  }

  /**
   * Counts and tells of a connection that broke.
   *
   * @return why the session ends: for that, unless it is this program's fault
   */
  private SessionEnd failed(ConnectionFailure.Side side, Throwable cause, SessionEnd broken) {
    ConnectionFailure failure = ConnectionFailure.of(cause);
    if (!(state instanceof Ended)) {
      context.stats().failed(side, failure);
      context.refusals().failed(side, failure, host(), cause);
    }
    return switch (failure) {
      case RESET, TIMED_OUT, TLS, IO -> broken;
      case OUT_OF_MEMORY -> SessionEnd.OUT_OF_MEMORY;
      case INTERNAL -> SessionEnd.INTERNAL;
    };
  }

  // The opening.

  /** The client has more to say before it is clear what it wants. */
  Reading goOn(Reading reading) {
    state = reading;
    return reading;
  }

  /** The rules let the client in. */
  void admitted(Rules.Admitted by) {
    admitted = by;
  }

  @Override
  public boolean needsTls() {
    return context.config().tls().require() || (admitted != null && admitted.needsTls());
  }

  @Override
  public Optional<X509Certificate> certificate() {
    return Optional.ofNullable(client.pipeline().get(SslHandler.class))
        .flatMap(ServerTls::certificate);
  }

  @Override
  public void onLoginPassedThrough(String member, String why) {
    context.refusals().loginPassedThrough(member, host(), why);
  }

  private void leaveRule() {
    if (admitted != null) {
      context.rules().leave(admitted.rule());
      admitted = null;
    }
  }

  /** It is clear what the client wants: a member. */
  void opened(Reading reading, Opening opening) {
    cancelDeadline();
    Queued queued = reading.opened(opening, context.now());
    state = queued;
    if (backend.openDeclined(queued.request())) {
      onMemberConnected();
    } else {
      connector.search(queued.request());
    }
  }

  /**
   * The client wants what another session runs to be cancelled. It is kept until that has arrived,
   * as PostgreSQL does: then it may begin its next query without that being cancelled.
   */
  void cancel(Reading reading) {
    ByteBuf request = replay.copy(OpeningDecoder.length(replay.bytes()));
    replay.drop(replay.size());
    cancelDeadline();
    state = reading.cancel();
    Optional<RoutingTable> table = context.cluster().cell().current();
    if (table.isEmpty()) {
      request.release();
      end(SessionEnd.CANCEL_DONE);
      return;
    }
    deadline = after(CancelFanOut.PATIENCE, () -> end(SessionEnd.CANCEL_DONE));
    context
        .cancels()
        .send(
            request,
            table.get().view().addresses(context.config().target()),
            address.getAddress(),
            loop.eventLoop())
        .addListener(_ -> end(SessionEnd.CANCEL_DONE));
  }

  /** TLS with the client, which was to end here, has not come about. */
  void failTls(String why) {
    if (!(state instanceof Ended)) {
      context.refusals().refused(SessionEnd.TLS_FAILED, host(), why);
      end(SessionEnd.TLS_FAILED);
    }
  }

  // The wait for a member.

  /** Whether every new routing table could be what it waits for. */
  boolean queued() {
    return state instanceof Queued || backend.parted();
  }

  /**
   * A new routing table is in.
   *
   * @param input what counts of it for sessions that are placed
   */
  void onTable(RoutingTable table, Fence.Input input) {
    if (state instanceof Queued || state instanceof Relaying || state instanceof Reading) {
      backend.onTable(table, input);
    }
  }

  @Override
  public void onNoMember(String why) {
    waitsFor = why;
    if (!held && clientFinished) {
      end(SessionEnd.CLIENT_CLOSED);
      return;
    }
    if (!held && !context.cluster().hold().tryAcquire()) {
      refuse(SessionEnd.HOLD_FULL, SessionEnd.HOLD_FULL.sentence());
      return;
    }
    held = true;
    stayQueued();
  }

  @Override
  public void onQueued(String why) {
    waitsFor = why;
    leaveHold();
    stayQueued();
  }

  private void stayQueued() {
    boolean begins = !waiting;
    if (begins) {
      waiting = true;
      if (state instanceof Queued) {
        client.config().setAutoRead(false);
      }
      context.stats().queueEntered();
    }
    cancelDeadline();
    waitOrRefuse();
    if (begins && waiting) {
      promiseTls();
    }
  }

  /** While a member lets others in, a client that is queued there has not been refused anything. */
  private void waitOrRefuse() {
    Duration waited = waited();
    Duration left = patience().minus(waited);
    if (left.isPositive()) {
      deadline = after(left, this::waitOrRefuse);
    } else {
      refuseQueued(waited.toSeconds() > 0 ? waited.toSeconds() + " s" : waited.toMillis() + " ms");
    }
  }

  private void refuseQueued(String waited) {
    Optional<String> login = connector.whyQueuedTooLong();
    RouteKind route = context.config().route();
    String nobody = route.writes() ? "no primary" : "no member of route " + route.label();
    String message =
        login.isPresent()
            ? "no login was possible within " + waited
            : nobody + " was available within hold_timeout (" + waited + ")";
    String why = login.orElse(waitsFor);
    SessionEnd reason = SessionEnd.HOLD_TIMEOUT;
    context.refusals().refused(reason, address.getAddress().getHostAddress(), message + ": " + why);
    end(reason, fatal(reason, message, reason.detail(why)));
  }

  private Duration patience() {
    Duration hold = context.cluster().holdTimeout();
    return held || connector.refusing() || hold.compareTo(QUEUE_PATIENCE) > 0
        ? hold
        : QUEUE_PATIENCE;
  }

  /** Drivers give an SSLRequest only seconds; so it is answered once the answer is known. */
  private void promiseTls() {
    if (state instanceof Queued queued
        && queued.request().opening() instanceof Opening.SslRequest
        && !queued.request().sslAnswered()
        && replay.size() == OpeningDecoder.length(replay.bytes())) {
      BackendTlsSupport tls = context.backends().tlsSupport();
      if (tls.unknown()) {
        context.backends().askForTls(loop.eventLoop());
        after(PROMISE_LATER, this::promiseTls);
      }
      if (!tls.offered()) {
        return;
      }
      replay.drop(replay.size());
      client.writeAndFlush(ChannelOps.oneByte('S'));
      Queued promised = queued.answeredSsl();
      state = promised;
      connector.requestIs(promised.request());
    }
  }

  /** How long there has been nobody for it; 0: it does not wait. */
  private Duration waited() {
    Instant since =
        switch (state) {
          case Queued queued -> queued.since();
          default -> backend.waitsSince().orElse(context.now());
        };
    Instant letIn = connector.letIn();
    Instant from = letIn.isAfter(since) ? letIn : since;
    return Duration.between(from, context.now());
  }

  @Override
  public void onNothingWanted() {
    leaveQueue();
  }

  private void leaveQueue() {
    if (waiting) {
      waiting = false;
      context.stats().queueLeft();
      cancelDeadline();
    }
    leaveHold();
  }

  private void leaveHold() {
    if (held) {
      held = false;
      context.cluster().hold().release();
    }
  }

  // What the member does.

  @Override
  public void onMemberConnected() {
    leaveQueue();
    served = true;
    if (state instanceof Queued queued) {
      state = queued.relay();
    }
    updateReading();
  }

  @Override
  public void onMemberLeft() {
    if (state instanceof Relaying relaying && !backend.attached()) {
      state = relaying.again();
      client.config().setAutoRead(false);
    }
  }

  @Override
  public void onTlsDeclined() {
    if (!(state instanceof Relaying relaying)) {
      return;
    }
    leaveRule();
    Reading reading = goOn(relaying.declinedTls());
    deadline = after(context.config().startupTimeout(), () -> end(SessionEnd.STARTUP_TIMEOUT));
    client.flush();
    if (clientFinished) {
      end(SessionEnd.CLIENT_CLOSED);
      return;
    }
    client.config().setAutoRead(true);
    if (replay.size() > 0) {
      startup.read(reading);
    }
  }

  @Override
  public void onMemberBytes(ByteBuf bytes) {
    context.stats().toClients().add(bytes.readableBytes());
    bytesToClient += bytes.readableBytes();
    backlog.adapt();
    if (!ChannelOps.relay(client, bytes)) {
      connector.setReading(false);
    }
  }

  @Override
  public void onMemberReadComplete() {
    client.flush();
    backlog.count();
  }

  @Override
  public void onMemberFinished(boolean explained, boolean open) {
    SessionEnd reason = explained ? SessionEnd.BACKEND_CLOSED : SessionEnd.BACKEND_LOST;
    if (clientFinished) {
      reason = SessionEnd.CLIENT_CLOSED;
    }
    if (memberFinished != null) {
      endFinished();
    } else if (!open || (clientFinished && backend.hasGotAll())) {
      end(reason);
    } else {
      if (canTellClient()) {
        tellClient(reason, fatal(reason, reason.sentence(), ""));
      }
      memberFinished = reason;
      ChannelOps.finish(client);
      linger(0);
    }
  }

  /** For as long as the client sends, and the member takes. */
  private void linger(long bytesBefore) {
    if (bytesFromClient == bytesBefore && backend.hasGotAll()) {
      endFinished();
    } else {
      long bytesNow = bytesFromClient;
      after(LINGER, () -> linger(bytesNow));
    }
  }

  private void endFinished() {
    end(orAsMemberFinished(SessionEnd.CLIENT_CLOSED));
  }

  /** Where the member has finished before, that is what ended the session. */
  private SessionEnd orAsMemberFinished(SessionEnd otherwise) {
    return memberFinished == null ? otherwise : memberFinished;
  }

  /**
   * The connection to the member broke. PostgreSQL resets it, too, when the end of TLS reaches it
   * after it has closed: then the client's own end is about to be seen.
   */
  @Override
  public void onMemberFailed(Throwable cause) {
    SessionEnd reason = failed(ConnectionFailure.Side.MEMBER, cause, SessionEnd.BACKEND_LOST);
    if (memberFinished != null) {
      endFinished();
    } else if (reason == SessionEnd.BACKEND_LOST) {
      after(FINISH_GRACE, () -> end(reason));
    } else {
      end(reason);
    }
  }

  @Override
  public void updateReading() {
    if (state instanceof Relaying) {
      client.config().setAutoRead(!clientFinished && backend.takesMore());
      if (clientFinished && backend.awaitsClient()) {
        end(SessionEnd.CLIENT_CLOSED);
      } else if (clientFinished && backend.flowing()) {
        finishMember();
      } else if (clientFinished && backend.attached() && !backend.mayAnswer()) {
        end(SessionEnd.CLIENT_CLOSED);
      }
    }
  }

  // The end.

  @Override
  public void refuse(SessionEnd reason, String why) {
    context.refusals().refused(reason, host(), why);
    end(reason, fatal(reason, reason.sentence(), reason.detail(why)));
  }

  /** As {@link #refuse}, in words that a client of that version understands. */
  void refuseVersion(Opening.Unsupported version) {
    SessionEnd reason = SessionEnd.PROTOCOL_UNSUPPORTED;
    context.refusals().refused(reason, host(), version.why());
    String words = "trunkline: " + version.why();
    end(
        reason,
        () ->
            version.old()
                ? ErrorResponse.fatalBefore3(client.alloc(), words)
                : ErrorResponse.fatal(client.alloc(), reason.sqlState(), words, ""));
  }

  /** Lets the session go on, but not a client that has no member yet. */
  public void drain() {
    if (state instanceof Queued || state instanceof Reading) {
      refuse(SessionEnd.SHUTTING_DOWN, SessionEnd.SHUTTING_DOWN.sentence());
    }
  }

  /** Something went wrong in here: both connections are reset, the member's first. */
  void abandon() {
    if (!(state instanceof Ended)) {
      leave(SessionEnd.INTERNAL);
    }
    ChannelOps.abort(client);
  }

  @Override
  public ByteBufAllocator allocator() {
    return client.alloc();
  }

  /** What it shares with other sessions of its cluster. */
  public ClusterContext cluster() {
    return context.cluster();
  }

  boolean endedAs(SessionEnd reason) {
    return state instanceof Ended ended && ended.end() == reason;
  }

  /** Whether the client came in through one of those addresses of this node. */
  public boolean cameThrough(Set<InetAddress> addresses) {
    return addresses.contains(local);
  }

  /** Whether it goes on without its member. */
  SessionInfo.Keep keep() {
    return new SessionSnapshot(state, backend).keep();
  }

  /** The member that it has or waits for. */
  Optional<String> member() {
    return connector.member();
  }

  /** Has it go on at a better member, if it is idle and can; whether it may go. */
  boolean move() {
    return backend.move();
  }

  /** What it is like now. */
  public SessionInfo describe() {
    SessionSnapshot now = new SessionSnapshot(state, backend);
    return new SessionInfo(
        id,
        context.config().name(),
        address,
        now.user(),
        now.database(),
        now.applicationName(),
        connector.member().orElse(null),
        now.doing(),
        whyItWaits(),
        now.tls(client.pipeline().get(SslHandler.class) != null),
        now.keep(),
        since,
        bytesFromClient,
        bytesToClient);
  }

  private @Nullable String whyItWaits() {
    if (waiting) {
      return waitsFor;
    }
    if (backend.parted()) {
      return "its member is gone; it goes on at the new primary once the client sends something";
    }
    return backend.blocked() ? "blocked: the client is not read until the primary is known" : null;
  }

  @Override
  public void end(SessionEnd reason) {
    end(reason, fatal(reason, reason.sentence(), ""));
  }

  private void end(SessionEnd reason, Supplier<ByteBuf> lastWords) {
    if (state instanceof Ended) {
      return;
    }
    if (reason == SessionEnd.VIP_LOST) {
      SocketOptions.outliveAddress(client);
    }
    boolean tells = canTellClient();
    leave(reason);
    if (tells) {
      tellClient(reason, lastWords);
    }
    leaveClient(reason);
  }

  /** Leaves the member, and every list and count. Needs no buffer, so it cannot lack one. */
  private void leave(SessionEnd reason) {
    state = new Ended(reason);
    backend.leave(reason == SessionEnd.CLIENT_CLOSED || reason == SessionEnd.BACKEND_CLOSED);
    leaveQueue();
    cancelDeadline();
    replay.clear();
    if (counted) {
      loop.remove(this, context);
      context.admission().leave(address.getAddress());
      leaveRule();
      context.stats().connectionEnded(reason);
      context.leaveTls();
    }
  }

  /** Whether an error would be understood here: not within a message, nor by who speaks TLS. */
  private boolean canTellClient() {
    return switch (state) {
      case Reading _ -> true;
      case Queued queued -> !queued.request().speaksTls();
      case Relaying _ -> memberFinished == null && backend.canTellClient();
      case Cancelling _, Ended _ -> false;
    };
  }

  private void tellClient(SessionEnd reason, Supplier<ByteBuf> words) {
    if (reason.sqlState().isEmpty()) {
      return;
    }
    try {
      client.write(words.get());
    } catch (OutOfMemoryError e) {
      // Then it sees the connection end.
    }
  }

  private Supplier<ByteBuf> fatal(SessionEnd reason, String message, String detail) {
    return () ->
        ErrorResponse.fatal(
            client.alloc(), reason.sqlState(), "trunkline: " + message, detail, reason.hint());
  }

  private void leaveClient(SessionEnd reason) {
    if (clientFinished || reason == SessionEnd.CLIENT_LOST) {
      closeWhenSent();
      if (ChannelOps.pending(client) == 0) {
        return;
      }
    } else {
      client.config().setAutoRead(true);
      ChannelOps.finish(client).addListener(_ -> after(LINGER, client::close));
    }
    if (lingers()) {
      loop.lastBytes().await(client, context.memory()::full);
    } else {
      ChannelOps.abort(client);
    }
  }

  private void closeWhenSent() {
    client.writeAndFlush(ChannelOps.nothing()).addListener(_ -> ChannelOps.close(client));
  }

  private boolean lingers() {
    lingers = lingers || context.admission().lingers(client, served);
    return lingers;
  }

  private String host() {
    return address.getAddress().getHostAddress();
  }

  private ScheduledFuture<?> after(Duration delay, Runnable action) {
    return loop.eventLoop().schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }
}
