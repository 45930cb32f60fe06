package io.trunkline.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.trunkline.proxy.BackendState.Absent;
import io.trunkline.proxy.BackendState.AskingTls;
import io.trunkline.proxy.BackendState.Attached;
import io.trunkline.proxy.BackendState.Connected;
import io.trunkline.proxy.BackendState.Dialling;
import io.trunkline.proxy.BackendState.Place;
import io.trunkline.proxy.BackendState.Placed;
import io.trunkline.proxy.BackendState.Unanswered;
import io.trunkline.proxy.ClientState.Waiting;
import io.trunkline.routing.Pick;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.Target;
import io.trunkline.routing.WriteDecision;
import io.trunkline.routing.WriteReason;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The member's side of a session: finds one, keeps the client's bytes until it has answered, and
 * replaces it while it has not. Owned by the client's event loop.
 */
final class MemberSide {
  /** How soon a member that refused is asked again when nothing else is eligible. */
  private static final Duration RETRY = Duration.ofMillis(50);

  /** Each time it is asked after twice as long, up to this. */
  private static final Duration LONGEST_RETRY = Duration.ofMillis(400);

  private final Endpoint endpoint;
  private final SessionLoop loop;
  private final Session session;
  private final Kept kept;
  private final Set<String> tried = new HashSet<>();

  private BackendState state = new Absent();
  private @Nullable Waiting request;
  private Optional<Target> refusedAs = Optional.empty();
  private @Nullable ScheduledFuture<?> retry;
  private @Nullable ScheduledFuture<?> answerDeadline;
  private boolean primary;
  private boolean paused;
  private Duration pause = RETRY;

  MemberSide(Endpoint endpoint, SessionLoop loop, Session session, Kept kept) {
    this.endpoint = endpoint;
    this.loop = loop;
    this.session = session;
    this.kept = kept;
  }

  boolean attached() {
    return state instanceof Attached;
  }

  /** Whether the client's bytes may be sent on as they come. */
  boolean flowing() {
    return state instanceof Attached && !paused;
  }

  /** Whether the client may be read: not while writes are held, or the member is slow. */
  boolean takesMore() {
    return switch (state) {
      case Attached attached -> !paused && attached.channel().isWritable();
      case AskingTls _, Unanswered _ -> !kept.full();
      case Absent _, Dialling _ -> false;
    };
  }

  // Finding a member.

  /** Looks for a member for that client; the session hears what comes of it. */
  void search(Waiting waiting) {
    request = waiting;
    Optional<RoutingTable> table = endpoint.cluster().cell().current();
    Pick pick =
        table
            .map(now -> endpoint.picker().pick(now, endpoint.stats()::sessionsOn, tried))
            .orElse(new Pick.Wait(WriteReason.STARTING));
    switch (pick) {
      case Pick.To to -> dial(new Absent().dial(to.target(), to.asPrimary()), waiting);
      case Pick.Wait wait -> session.onNoMember(wait.reason());
      case Pick.Nobody _ -> session.onNoMember(WriteReason.NOBODY_ELIGIBLE);
      case Pick.Exhausted _ -> {
        tried.clear();
        refusedAs = table.flatMap(now -> now.write().target());
        session.onNoMember(WriteReason.UNREACHABLE);
        searchAgainSoon();
      }
    }
  }

  /** The client's request as it stands now. */
  void requestIs(Waiting waiting) {
    request = waiting;
  }

  private void searchAgainSoon() {
    if (request != null && (retry == null || retry.isDone())) {
      long jittered =
          (long) (pause.toNanos() * (0.75 + ThreadLocalRandom.current().nextDouble(0.5)));
      retry = loop.eventLoop().schedule(this::searchAgain, jittered, TimeUnit.NANOSECONDS);
      pause = pause.compareTo(LONGEST_RETRY) < 0 ? pause.multipliedBy(2) : pause;
    }
  }

  private void searchAgain() {
    if (request != null && state instanceof Absent) {
      search(request);
    }
  }

  private void dial(Dialling dialling, Waiting waiting) {
    state = dialling;
    Place place = dialling.place();
    primary = place.asPrimary();
    endpoint.stats().attached(place.member());
    endpoint
        .dialer()
        .dial(place.target().postgres(), loop.eventLoop(), new BackendHandler(this))
        .addListener((Future<Channel> dialled) -> onDialled(dialling, waiting, dialled));
  }

  @SuppressWarnings("ReferenceEquality") // an equal state may belong to a later dial
  private void onDialled(Dialling dialling, Waiting waiting, Future<Channel> dialled) {
    if (state != dialling) {
      if (dialled.isSuccess()) {
        dialled.getNow().close();
      }
      return;
    }
    if (!dialled.isSuccess()) {
      giveUp(String.valueOf(dialled.cause().getMessage()));
      return;
    }
    endpoint.connects().connected(endpoint.cluster().name(), dialling.place().member());
    Channel member = dialled.getNow();
    if (waiting.sslAnswered()) {
      state = dialling.askTls(member);
      member.writeAndFlush(Wire.sslRequest());
    } else {
      state = dialling.send(member);
      member.writeAndFlush(kept.all());
    }
    answerDeadline =
        loop.eventLoop()
            .schedule(
                () -> giveUp("it accepted the connection but does not answer"),
                endpoint.listener().startupTimeout().toNanos(),
                TimeUnit.NANOSECONDS);
    session.onMemberConnected();
  }

  private void cancelAnswerDeadline() {
    if (answerDeadline != null) {
      answerDeadline.cancel(false);
      answerDeadline = null;
    }
  }

  /** Leaves a member that has not answered anything, and looks for the next. */
  private void giveUp(String why) {
    String member = ((Placed) state).place().member();
    endpoint.stats().dialFailed();
    endpoint.connects().failed(endpoint.cluster().name(), member, why);
    tried.add(member);
    replace();
  }

  private void replace() {
    Placed left = (Placed) state;
    endpoint.stats().detached(left.place().member());
    state = new Absent();
    cancelAnswerDeadline();
    if (left instanceof Connected connected) {
      Wire.abort(connected.channel());
    }
    session.onMemberLeft();
    searchAgain();
  }

  /** A new routing table is in. */
  void onTable(RoutingTable table) {
    if (!(state instanceof Placed placed)) {
      searchAgainUnlessRetrying(table);
      return;
    }
    WriteDecision write = table.write();
    String member = placed.place().member();
    primary |= write.target().map(Target::member).equals(Optional.of(member));
    if (!primary) {
      return;
    }
    if (state instanceof Attached) {
      if (write.superseded(member)) {
        session.end(SessionEnd.SUPERSEDED);
      } else {
        pause(write.paused());
      }
    } else if (!write.target().equals(Optional.of(placed.place().target()))) {
      replace();
    }
  }

  /** A member that has just refused is not asked again by every table, only a new one is. */
  private void searchAgainUnlessRetrying(RoutingTable table) {
    boolean retrying = retry != null && !retry.isDone();
    if (!retrying || !table.write().target().equals(refusedAs)) {
      searchAgain();
    }
  }

  /** Whether what the client sends is kept back for now, because its commit could be lost. */
  private void pause(boolean wanted) {
    if (paused == wanted || !(state instanceof Attached attached)) {
      return;
    }
    paused = wanted;
    if (!paused && kept.size() > 0) {
      endpoint.stats().fromClients().add(kept.size());
      attached.channel().writeAndFlush(kept.take());
    }
    session.updateReading();
  }

  // Bytes for the member.

  /** Sends the client's bytes on; takes ownership. Only while {@link #flowing}. */
  void write(ByteBuf bytes) {
    Channel member = ((Attached) state).channel();
    endpoint.stats().fromClients().add(bytes.readableBytes());
    member.write(bytes, member.voidPromise());
  }

  void flush() {
    if (state instanceof Attached attached) {
      attached.channel().flush();
    }
  }

  /** The client has sent more before the member has answered. */
  void onMoreKept() {
    if (state instanceof Unanswered unanswered) {
      unanswered.channel().writeAndFlush(kept.unsent());
    }
  }

  void setReading(boolean wanted) {
    if (state instanceof Connected connected) {
      connected.channel().config().setAutoRead(wanted);
    }
  }

  /** The client will send nothing more: neither will we, once all is sent. */
  void finish() {
    if (state instanceof Attached attached) {
      Wire.finish(attached.channel());
    }
  }

  // What the member does.

  void onBackendBytes(Channel from, ByteBuf bytes) {
    if (!current(from)) {
      bytes.release();
      return;
    }
    switch (state) {
      case AskingTls asking -> onTlsAnswer(asking, bytes);
      case Unanswered unanswered -> onFirstAnswer(unanswered, bytes);
      case Attached _ -> session.onMemberBytes(bytes);
      case Absent _, Dialling _ -> bytes.release();
    }
  }

  private void onTlsAnswer(AskingTls asking, ByteBuf bytes) {
    boolean accepted = bytes.readableBytes() == 1 && bytes.getByte(bytes.readerIndex()) == 'S';
    bytes.release();
    if (accepted) {
      state = asking.send();
      asking.channel().writeAndFlush(kept.all());
    } else {
      session.end(SessionEnd.BACKEND_WITHOUT_TLS);
    }
  }

  private void onFirstAnswer(Unanswered unanswered, ByteBuf bytes) {
    Opening opening = request == null ? new Opening.DirectTls() : request.opening();
    byte first = bytes.getByte(bytes.readerIndex());
    if (opening instanceof Opening.SslRequest && (first == 'S' || first == 'N')) {
      endpoint.cluster().tls().answered(first);
    }
    if (opening instanceof Opening.StartupMessage && notAccepting(bytes)) {
      bytes.release();
      giveUp("it does not accept connections now (57P03)");
      return;
    }
    state = unanswered.answered();
    cancelAnswerDeadline();
    request = null;
    kept.clear();
    session.onMemberBytes(bytes);
    endpoint.cluster().cell().current().ifPresent(this::onTable);
    session.updateReading();
  }

  /** PostgreSQL starts up or shuts down; it says so in one segment and closes. */
  private static boolean notAccepting(ByteBuf bytes) {
    return ErrorResponse.sqlState(bytes).equals(Optional.of("57P03"));
  }

  /** Whether that is the connection to the present member, not to one that was left. */
  private boolean current(Channel channel) {
    return state instanceof Connected connected && connected.channel().equals(channel);
  }

  void onBackendReadComplete() {
    session.onMemberReadComplete();
  }

  void onBackendWritability() {
    session.updateReading();
  }

  /** The member will send nothing more (FIN). */
  void onBackendFinished(Channel from) {
    if (!current(from)) {
      return;
    }
    switch (state) {
      case AskingTls _, Unanswered _ -> giveUp("it closed the connection before it answered");
      case Attached _ -> session.onMemberFinished();
      case Absent _, Dialling _ -> {}
    }
  }

  void onBackendFailed(Channel from, Throwable cause) {
    if (current(from) && state instanceof Attached attached) {
      String member = attached.place().member();
      endpoint
          .connects()
          .failed(endpoint.cluster().name(), member, String.valueOf(cause.getMessage()));
      session.end(SessionEnd.BACKEND_LOST);
    } else {
      onBackendFinished(from);
    }
  }

  /** The session is over. */
  void leave(boolean inPeace) {
    BackendState left = state;
    state = new Absent();
    request = null;
    cancelAnswerDeadline();
    if (retry != null) {
      retry.cancel(false);
    }
    if (left instanceof Placed placed) {
      endpoint.stats().detached(placed.place().member());
    }
    if (left instanceof Connected connected) {
      if (inPeace) {
        connected.channel().close();
      } else {
        Wire.abort(connected.channel());
      }
    }
  }
}
