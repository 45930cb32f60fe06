package io.trunkline.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
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
import io.trunkline.proxy.ClientState.Ended;
import io.trunkline.proxy.ClientState.Reading;
import io.trunkline.proxy.ClientState.Relaying;
import io.trunkline.proxy.ClientState.Waiting;
import io.trunkline.routing.Pick;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.WriteReason;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client and, once there is one, its member. Two state machines ({@link ClientState}, {@link
 * BackendState}) owned by one event loop; every method runs on it.
 *
 * <p>The client's bytes are kept until a member has answered, so that a member that refuses or
 * breaks before that is replaced by the next without the client noticing.
 */
final class Session {
  /** How soon a member that refused is asked again when nothing else is eligible. */
  private static final Duration RETRY = Duration.ofMillis(50);

  /** PostgreSQL closes first once it has read a Terminate; so TIME_WAIT stays on its side. */
  private static final Duration FINISH_GRACE = Duration.ofMillis(100);

  /**
   * How long a client that was told the end may take to close; until then its bytes are dropped.
   */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private static final ByteBuf SSL_REQUEST =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer(8).writeInt(8).writeInt(80_877_103).asReadOnly());

  private final Endpoint endpoint;
  private final SessionLoop loop;
  private final Channel client;
  private final InetSocketAddress address;
  private final Kept kept;
  private final Set<String> tried = new HashSet<>();

  private ClientState clientState;
  private BackendState backendState = new Absent();
  private WriteReason waitsFor = WriteReason.STARTING;
  private boolean counted;
  private boolean held;
  private boolean paused;
  private boolean clientFinished;
  private @Nullable ScheduledFuture<?> deadline;
  private @Nullable ScheduledFuture<?> retry;

  Session(Endpoint endpoint, SessionLoop loop, Channel client) {
    this.endpoint = endpoint;
    this.loop = loop;
    this.client = client;
    this.address = (InetSocketAddress) client.remoteAddress();
    this.kept = new Kept(client.alloc());
    this.clientState = new Reading(null);
  }

  // The client's side.

  void onClientConnected() {
    counted = true;
    loop.add(this, endpoint.cluster().name());
    Optional<SessionEnd> refusal =
        endpoint.admission().enter(address.getAddress(), endpoint.stats().connectionOpened());
    clientState = new Reading(refusal.orElse(null));
    deadline = after(endpoint.listener().startupTimeout(), () -> end(SessionEnd.STARTUP_TIMEOUT));
  }

  void onClientBytes(ByteBuf bytes) {
    switch (clientState) {
      case Reading reading -> {
        kept.add(bytes);
        read(reading);
      }
      case Waiting _ -> keep(bytes);
      case Relaying _ -> {
        if (backendState instanceof Attached attached && !paused) {
          endpoint.stats().fromClients().add(bytes.readableBytes());
          attached.channel().write(bytes, attached.channel().voidPromise());
        } else {
          keep(bytes);
        }
      }
      case Ended _ -> bytes.release();
    }
  }

  /** Keeps bytes that came although nothing was read: the kernel hands them over with the FIN. */
  private void keep(ByteBuf bytes) {
    kept.add(bytes);
    if (backendState instanceof Unanswered unanswered) {
      unanswered.channel().writeAndFlush(kept.unsent());
    }
    if (kept.full()) {
      client.config().setAutoRead(false);
    }
  }

  void onClientReadComplete() {
    if (backendState instanceof Attached attached) {
      attached.channel().flush();
    }
  }

  void onClientWritability() {
    if (backendState instanceof Connected connected) {
      connected.channel().config().setAutoRead(client.isWritable());
    }
  }

  /** The client will send nothing more (FIN). */
  void onClientFinished() {
    clientFinished = true;
    switch (clientState) {
      case Reading _, Waiting _ -> end(SessionEnd.CLIENT_CLOSED);
      case Relaying _ -> {
        if (backendState instanceof Attached && !paused) {
          after(FINISH_GRACE, this::finishBackend);
        } else {
          end(SessionEnd.CLIENT_CLOSED);
        }
      }
      case Ended _ -> client.close();
    }
  }

  private void finishBackend() {
    if (backendState instanceof Attached attached) {
      finish(attached.channel());
    }
  }

  void onClientGone() {
    end(clientFinished ? SessionEnd.CLIENT_CLOSED : SessionEnd.CLIENT_LOST);
  }

  void onClientFailed(Throwable cause) {
    end(SessionEnd.CLIENT_LOST);
  }

  private void read(Reading reading) {
    Optional<Opening> peeked = OpeningDecoder.peek(kept.bytes());
    if (peeked.isEmpty()) {
      return;
    }
    Opening opening = peeked.get();
    if (opening instanceof Opening.Malformed malformed) {
      refuse(SessionEnd.STARTUP_MALFORMED, malformed.why());
    } else if (reading.refusal() != null) {
      refuse(reading.refusal(), reading.refusal().sentence());
    } else if (opening instanceof Opening.GssEncRequest) {
      kept.drop(OpeningDecoder.length(kept.bytes()));
      client.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {'N'}));
      read(reading);
    } else if (opening instanceof Opening.CancelRequest) {
      cancel();
    } else {
      cancelDeadline();
      client.config().setAutoRead(false);
      clientState = reading.opened(opening, endpoint.clock().instant());
      place();
    }
  }

  private void cancel() {
    endpoint
        .cluster()
        .cell()
        .current()
        .ifPresent(
            table ->
                endpoint
                    .cancels()
                    .send(
                        kept.copy(OpeningDecoder.length(kept.bytes())),
                        table.view(),
                        loop.eventLoop()));
    end(SessionEnd.CANCEL_DONE);
  }

  // Finding a member.

  /** A new routing table is in. */
  void onTable(RoutingTable table) {
    if (backendState instanceof Placed placed && placed.place().asPrimary()) {
      String member = placed.place().member();
      if (table.write().superseded(member)) {
        supersede();
      } else {
        pause(table.write().paused());
      }
    } else if (clientState instanceof Waiting && backendState instanceof Absent) {
      place();
    }
  }

  private void supersede() {
    if (backendState instanceof Attached) {
      end(SessionEnd.SUPERSEDED);
    } else {
      dropMember();
      place();
    }
  }

  private void place() {
    Optional<RoutingTable> table = endpoint.cluster().cell().current();
    Pick pick =
        table
            .map(now -> endpoint.picker().pick(now, endpoint.stats()::sessionsOn, tried))
            .orElse(new Pick.Wait(WriteReason.STARTING));
    switch (pick) {
      case Pick.To to -> dial(new Absent().dial(to.target(), to.asPrimary()));
      case Pick.Wait wait -> hold(wait.reason());
      case Pick.Nobody _ -> hold(table.map(now -> now.write().reason()).orElse(waitsFor));
      case Pick.Exhausted _ -> {
        tried.clear();
        hold(WriteReason.UNREACHABLE);
        if (clientState instanceof Waiting && (retry == null || retry.isDone())) {
          retry = after(RETRY, this::retryPlace);
        }
      }
    }
  }

  private void retryPlace() {
    if (clientState instanceof Waiting && backendState instanceof Absent) {
      place();
    }
  }

  private void hold(WriteReason reason) {
    waitsFor = reason;
    if (held) {
      return;
    }
    if (!endpoint.cluster().hold().enter()) {
      refuse(SessionEnd.HOLD_FULL, SessionEnd.HOLD_FULL.sentence());
      return;
    }
    held = true;
    loop.waitBegan();
    endpoint.stats().waitBegan();
    Duration left = endpoint.cluster().hold().timeout().minus(waited());
    if (left.isPositive()) {
      deadline = after(left, this::onHeldTooLong);
      promiseTls();
    } else {
      onHeldTooLong();
    }
  }

  /** Drivers give an SSLRequest only seconds; so it is answered where the answer is known. */
  private void promiseTls() {
    if (clientState instanceof Waiting waiting
        && waiting.opening() instanceof Opening.SslRequest
        && !waiting.sslAnswered()
        && kept.size() == OpeningDecoder.length(kept.bytes())
        && endpoint.cluster().tls().offered()) {
      kept.drop(kept.size());
      client.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {'S'}));
      clientState = waiting.answeredSsl();
    }
  }

  private void onHeldTooLong() {
    refuse(
        SessionEnd.HOLD_TIMEOUT,
        "nobody could be connected to for " + waited().toSeconds() + " s: " + waitsFor.sentence());
  }

  private Duration waited() {
    Instant now = endpoint.clock().instant();
    return clientState instanceof Waiting waiting
        ? Duration.between(waiting.since(), now)
        : Duration.ZERO;
  }

  private void release() {
    if (held) {
      held = false;
      loop.waitEnded();
      endpoint.stats().waitEnded();
      endpoint.cluster().hold().leave();
      cancelDeadline();
    }
  }

  private void dial(Dialling dialling) {
    backendState = dialling;
    Place place = dialling.place();
    endpoint.stats().attached(place.member());
    endpoint
        .dialer()
        .dial(place.target().postgres(), loop.eventLoop(), new BackendHandler(this))
        .addListener((Future<Channel> dialled) -> onDialled(dialling, dialled));
  }

  @SuppressWarnings("ReferenceEquality") // an equal state may belong to a later dial
  private void onDialled(Dialling dialling, Future<Channel> dialled) {
    if (backendState != dialling) {
      if (dialled.isSuccess()) {
        dialled.getNow().close();
      }
      return;
    }
    if (!dialled.isSuccess()) {
      giveUpMember(String.valueOf(dialled.cause().getMessage()));
      place();
      return;
    }
    endpoint.connects().connected(endpoint.cluster().name(), dialling.place().member());
    release();
    Channel member = dialled.getNow();
    Waiting waiting = (Waiting) clientState;
    clientState = waiting.relay();
    if (waiting.sslAnswered()) {
      backendState = dialling.askTls(member);
      member.writeAndFlush(Unpooled.wrappedBuffer(SSL_REQUEST.duplicate()));
    } else {
      backendState = dialling.send(member);
      member.writeAndFlush(kept.all());
    }
    client.config().setAutoRead(true);
  }

  /** Leaves a member that has not answered anything; the client goes on waiting. */
  private void giveUpMember(String why) {
    String member = ((Placed) backendState).place().member();
    endpoint.stats().dialFailed();
    endpoint.connects().failed(endpoint.cluster().name(), member, why);
    tried.add(member);
    dropMember();
  }

  private void dropMember() {
    Placed placed = (Placed) backendState;
    endpoint.stats().detached(placed.place().member());
    backendState = new Absent();
    if (placed instanceof Connected connected) {
      connected.channel().close();
    }
    if (clientState instanceof Relaying relaying) {
      client.config().setAutoRead(false);
      clientState = relaying.again();
    }
  }

  // The member's side.

  void onBackendBytes(ByteBuf bytes) {
    switch (backendState) {
      case AskingTls asking -> tlsAnswered(asking, bytes);
      case Unanswered unanswered -> firstAnswer(unanswered, bytes);
      case Attached _ -> toClient(bytes);
      case Absent _, Dialling _ -> bytes.release();
    }
  }

  private void tlsAnswered(AskingTls asking, ByteBuf bytes) {
    boolean accepted = bytes.readableBytes() == 1 && bytes.getByte(bytes.readerIndex()) == 'S';
    bytes.release();
    if (accepted) {
      backendState = asking.send();
      asking.channel().writeAndFlush(kept.all());
    } else {
      end(SessionEnd.BACKEND_WITHOUT_TLS);
    }
  }

  private void firstAnswer(Unanswered unanswered, ByteBuf bytes) {
    Opening opening = ((Relaying) clientState).origin().opening();
    byte first = bytes.getByte(bytes.readerIndex());
    if (opening instanceof Opening.SslRequest && (first == 'S' || first == 'N')) {
      endpoint.cluster().tls().answered(first);
    }
    if (opening instanceof Opening.StartupMessage && notAccepting(bytes)) {
      bytes.release();
      giveUpMember("it does not accept connections now (57P03)");
      place();
      return;
    }
    backendState = unanswered.answered();
    tried.clear();
    kept.clear();
    toClient(bytes);
    onTable(endpoint.cluster().cell().current().orElseThrow());
  }

  /** PostgreSQL starts up or shuts down; it sends this in one segment and closes. */
  private static boolean notAccepting(ByteBuf bytes) {
    return ErrorResponse.sqlState(bytes).equals(Optional.of("57P03"));
  }

  private void toClient(ByteBuf bytes) {
    endpoint.stats().toClients().add(bytes.readableBytes());
    client.write(bytes, client.voidPromise());
  }

  void onBackendReadComplete() {
    client.flush();
  }

  void onBackendWritability() {
    updateReading();
  }

  private void updateReading() {
    if (backendState instanceof Attached attached && clientState instanceof Relaying) {
      client.config().setAutoRead(!paused && attached.channel().isWritable());
    }
  }

  /** The member will send nothing more (FIN). */
  void onBackendFinished() {
    switch (backendState) {
      case AskingTls _, Unanswered _ -> {
        giveUpMember("it closed the connection before it answered");
        place();
      }
      case Attached _ -> end(clientFinished ? SessionEnd.CLIENT_CLOSED : SessionEnd.BACKEND_CLOSED);
      case Absent _, Dialling _ -> {}
    }
  }

  void onBackendGone() {
    onBackendFinished();
  }

  void onBackendFailed(Throwable cause) {
    if (backendState instanceof Attached attached) {
      endpoint
          .connects()
          .failed(
              endpoint.cluster().name(),
              attached.place().member(),
              String.valueOf(cause.getMessage()));
      end(SessionEnd.BACKEND_LOST);
    } else {
      onBackendFinished();
    }
  }

  /** Whether what the client sends is kept back for now, because its commit could be lost. */
  private void pause(boolean wanted) {
    if (paused == wanted || !(backendState instanceof Attached attached)) {
      return;
    }
    paused = wanted;
    if (!paused && kept.size() > 0) {
      endpoint.stats().fromClients().add(kept.size());
      attached.channel().writeAndFlush(kept.take());
    }
    updateReading();
  }

  // The end.

  /** Tells the client why in PostgreSQL's words, then ends. */
  private void refuse(SessionEnd reason, String why) {
    endpoint.refusals().refused(reason, address.getAddress().getHostAddress(), why);
    if (clientState instanceof Waiting waiting && waiting.sslAnswered()) {
      end(reason);
      return;
    }
    client.write(
        ErrorResponse.fatal(client.alloc(), reason.sqlState(), "trunkline: " + why, hint(reason)));
    end(reason);
  }

  private static String hint(SessionEnd reason) {
    return switch (reason) {
      case HOLD_TIMEOUT, HOLD_FULL, SHUTTING_DOWN -> "Try again, or try another host.";
      case TOO_MANY_CONNECTIONS -> "Raise limits.max_connections of the listener, or use fewer.";
      case TOO_MANY_FROM_ADDRESS ->
          "Raise limits.max_connections_per_address of the listener, or use fewer.";
      default -> "";
    };
  }

  /** Lets the session go on, but not a client that has no member yet. */
  void drain() {
    if (clientState instanceof Waiting || clientState instanceof Reading) {
      refuse(SessionEnd.SHUTTING_DOWN, SessionEnd.SHUTTING_DOWN.sentence());
    }
  }

  /** Ends the session; what the member has sent still reaches the client. */
  void end(SessionEnd reason) {
    if (clientState instanceof Ended) {
      return;
    }
    release();
    cancelDeadline();
    if (retry != null) {
      retry.cancel(false);
    }
    clientState = new Ended(reason);
    kept.clear();
    leaveMember(reason);
    if (counted) {
      loop.remove(this, endpoint.cluster().name());
      endpoint.admission().leave(address.getAddress());
      endpoint.stats().connectionEnded(reason);
    }
    leaveClient(reason);
  }

  private void leaveMember(SessionEnd reason) {
    BackendState left = backendState;
    backendState = new Absent();
    if (left instanceof Placed placed) {
      endpoint.stats().detached(placed.place().member());
    }
    if (left instanceof Connected connected) {
      boolean abort = reason != SessionEnd.CLIENT_CLOSED && reason != SessionEnd.BACKEND_CLOSED;
      if (abort && connected.channel().isOpen()) {
        connected.channel().config().setOption(ChannelOption.SO_LINGER, 0);
      }
      connected.channel().close();
    }
  }

  private void leaveClient(SessionEnd reason) {
    if (clientFinished || reason == SessionEnd.CLIENT_LOST) {
      client.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    client.config().setAutoRead(true);
    finish(client).addListener(_ -> after(LINGER, client::close));
  }

  /** Sends what is pending, then FIN. */
  private static ChannelFuture finish(Channel channel) {
    return channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            _ -> {
              if (channel.isActive()) {
                ((DuplexChannel) channel).shutdownOutput();
              }
            });
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
