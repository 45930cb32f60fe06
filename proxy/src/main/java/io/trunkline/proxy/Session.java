package io.trunkline.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.concurrent.ScheduledFuture;
import io.trunkline.proxy.ClientState.Ended;
import io.trunkline.proxy.ClientState.Reading;
import io.trunkline.proxy.ClientState.Relaying;
import io.trunkline.proxy.ClientState.Waiting;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.WriteReason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client and, once there is one, its member. The client's state machine is {@link ClientState},
 * the member's {@link MemberSide}; one event loop owns both, and every method runs on it.
 */
final class Session {
  /** PostgreSQL closes first once it has read a Terminate; so TIME_WAIT stays on its side. */
  private static final Duration FINISH_GRACE = Duration.ofMillis(100);

  /**
   * How long a client that was told the end may take to close; until then its bytes are dropped.
   */
  private static final Duration LINGER = Duration.ofSeconds(2);

  /** A client that is refused anyway gets this long to send the packet that can be answered. */
  private static final Duration REFUSED_PATIENCE = Duration.ofSeconds(1);

  /** However slowly it reads: then a client that was told the end is let go. */
  private static final Duration FAREWELL = Duration.ofSeconds(60);

  /** No client sends more than a startup packet, or a ClientHello, before it is answered. */
  private static final int MOST_BEFORE_AN_ANSWER = 32 * 1024;

  private final Endpoint endpoint;
  private final SessionLoop loop;
  private final Channel client;
  private final InetSocketAddress address;
  private final InetAddress local;
  private final Kept kept;
  private final MemberSide member;

  private ClientState state = new Reading(null, false);
  private WriteReason waitsFor = WriteReason.STARTING;
  private boolean counted;
  private boolean held;
  private boolean clientFinished;
  private @Nullable ScheduledFuture<?> deadline;

  Session(Endpoint endpoint, SessionLoop loop, Channel client) {
    this.endpoint = endpoint;
    this.loop = loop;
    this.client = client;
    this.address = (InetSocketAddress) client.remoteAddress();
    this.local = ((InetSocketAddress) client.localAddress()).getAddress();
    this.kept = new Kept(client.alloc());
    this.member = new MemberSide(endpoint, loop, this, kept);
  }

  // What the client does.

  void onClientConnected() {
    counted = true;
    loop.add(this, endpoint.cluster().name());
    Optional<SessionEnd> refusal =
        endpoint.admission().enter(address.getAddress(), endpoint.stats().connectionOpened());
    if (refusal.equals(Optional.of(SessionEnd.ADDRESS_DENIED))) {
      refuse(SessionEnd.ADDRESS_DENIED, SessionEnd.ADDRESS_DENIED.sentence());
      return;
    }
    state = new Reading(refusal.orElse(null), false);
    Duration patience =
        refusal.isPresent() ? REFUSED_PATIENCE : endpoint.listener().startupTimeout();
    deadline = after(patience, () -> end(SessionEnd.STARTUP_TIMEOUT));
  }

  void onClientBytes(ByteBuf bytes) {
    switch (state) {
      case Reading reading -> {
        kept.add(bytes);
        read(reading);
      }
      // Nothing is read in these states: the kernel hands over what came before a FIN.
      case Waiting _ -> kept.add(bytes);
      case Relaying _ -> {
        if (member.flowing()) {
          member.write(bytes);
        } else {
          kept.add(bytes);
          member.onMoreKept();
          updateReading();
        }
      }
      case Ended _ -> bytes.release();
    }
  }

  void onClientReadComplete() {
    member.flush();
  }

  void onClientWritability() {
    member.setReading(client.isWritable());
  }

  /** The client will send nothing more (FIN). */
  void onClientFinished() {
    clientFinished = true;
    switch (state) {
      case Reading _, Waiting _ -> end(SessionEnd.CLIENT_CLOSED);
      case Relaying _ -> {
        if (member.flowing()) {
          after(FINISH_GRACE, member::finish);
        } else {
          end(SessionEnd.CLIENT_CLOSED);
        }
      }
      case Ended _ -> client.close();
    }
  }

  void onClientGone() {
    end(clientFinished ? SessionEnd.CLIENT_CLOSED : SessionEnd.CLIENT_LOST);
  }

  void onClientFailed(Throwable cause) {
    end(SessionEnd.CLIENT_LOST);
  }

  // The opening.

  private void read(Reading reading) {
    Optional<Opening> peeked = OpeningDecoder.peek(kept.bytes());
    if (peeked.isEmpty()) {
      return;
    }
    Opening opening = peeked.get();
    if (opening instanceof Opening.Malformed malformed) {
      refuse(SessionEnd.STARTUP_MALFORMED, malformed.why());
    } else if (opening instanceof Opening.CancelRequest) {
      cancel(); // also when the listener is full: it may be what makes room
    } else if (reading.refusal() != null) {
      refuse(reading.refusal(), reading.refusal().sentence());
    } else if (kept.size() > MOST_BEFORE_AN_ANSWER) {
      refuse(SessionEnd.STARTUP_MALFORMED, "too much was sent before an answer");
    } else if (opening instanceof Opening.GssEncRequest) {
      declineGss(reading);
    } else {
      cancelDeadline();
      client.config().setAutoRead(false);
      Waiting waiting = reading.opened(opening, endpoint.clock().instant());
      state = waiting;
      member.search(waiting);
    }
  }

  private void declineGss(Reading reading) {
    if (reading.gssDeclined()) {
      refuse(SessionEnd.STARTUP_MALFORMED, "a second request for GSSAPI encryption");
      return;
    }
    kept.drop(OpeningDecoder.length(kept.bytes()));
    client.writeAndFlush(Wire.oneByte('N'));
    Reading declined = reading.declinedGss();
    state = declined;
    read(declined);
  }

  private void cancel() {
    ByteBuf request = kept.copy(OpeningDecoder.length(kept.bytes()));
    endpoint
        .cluster()
        .cell()
        .current()
        .ifPresentOrElse(
            table -> endpoint.cancels().send(request, table.view(), loop.eventLoop()),
            request::release);
    end(SessionEnd.CANCEL_DONE);
  }

  // Waiting for a member.

  /** A new routing table is in. */
  void onTable(RoutingTable table) {
    if (state instanceof Waiting || state instanceof Relaying) {
      member.onTable(table);
    }
  }

  /** There is nobody to connect to for now. */
  void onNoMember(WriteReason reason) {
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
    if (state instanceof Waiting waiting
        && waiting.opening() instanceof Opening.SslRequest
        && !waiting.sslAnswered()
        && kept.size() == OpeningDecoder.length(kept.bytes())
        && endpoint.cluster().tls().offered()) {
      kept.drop(kept.size());
      client.writeAndFlush(Wire.oneByte('S'));
      Waiting promised = waiting.answeredSsl();
      state = promised;
      member.requestIs(promised);
    }
  }

  private void onHeldTooLong() {
    refuse(
        SessionEnd.HOLD_TIMEOUT,
        "nobody could be connected to for " + waited().toSeconds() + " s: " + waitsFor.sentence());
  }

  private Duration waited() {
    return state instanceof Waiting waiting
        ? Duration.between(waiting.since(), endpoint.clock().instant())
        : Duration.ZERO;
  }

  private void stopWaiting() {
    if (held) {
      held = false;
      loop.waitEnded();
      endpoint.stats().waitEnded();
      endpoint.cluster().hold().leave();
      cancelDeadline();
    }
  }

  // What the member does.

  void onMemberConnected() {
    stopWaiting();
    if (state instanceof Waiting waiting) {
      state = waiting.relay();
    }
    updateReading();
  }

  /** The member went before it answered anything. */
  void onMemberLeft() {
    if (state instanceof Relaying relaying) {
      state = relaying.again();
      client.config().setAutoRead(false);
    }
  }

  void onMemberBytes(ByteBuf bytes) {
    endpoint.stats().toClients().add(bytes.readableBytes());
    client.write(bytes, client.voidPromise());
  }

  void onMemberReadComplete() {
    client.flush();
  }

  void onMemberFinished() {
    end(clientFinished ? SessionEnd.CLIENT_CLOSED : SessionEnd.BACKEND_CLOSED);
  }

  void updateReading() {
    if (state instanceof Relaying) {
      client.config().setAutoRead(member.takesMore());
    }
  }

  // The end.

  /** Tells the client why in PostgreSQL's words, then ends. */
  private void refuse(SessionEnd reason, String why) {
    endpoint.refusals().refused(reason, address.getAddress().getHostAddress(), why);
    boolean speaksTls = state instanceof Waiting waiting && waiting.sslAnswered();
    if (!speaksTls) {
      client.write(
          ErrorResponse.fatal(
              client.alloc(), reason.sqlState(), "trunkline: " + why, reason.hint()));
    }
    end(reason);
  }

  /** Lets the session go on, but not a client that has no member yet. */
  void drain() {
    if (state instanceof Waiting || state instanceof Reading) {
      refuse(SessionEnd.SHUTTING_DOWN, SessionEnd.SHUTTING_DOWN.sentence());
    }
  }

  /** Something went wrong in here: both connections go at once, and nothing is allocated. */
  void abandon() {
    Wire.abort(client);
    end(SessionEnd.INTERNAL);
  }

  boolean endedAs(SessionEnd reason) {
    return state instanceof Ended ended && ended.end() == reason;
  }

  /** Whether the client came in through one of those addresses of this node. */
  boolean cameThrough(Set<InetAddress> addresses) {
    return addresses.contains(local);
  }

  /** Ends the session; what the member has sent still reaches the client. */
  void end(SessionEnd reason) {
    if (state instanceof Ended) {
      return;
    }
    stopWaiting();
    cancelDeadline();
    state = new Ended(reason);
    kept.clear();
    member.leave(reason == SessionEnd.CLIENT_CLOSED || reason == SessionEnd.BACKEND_CLOSED);
    if (counted) {
      loop.remove(this, endpoint.cluster().name());
      endpoint.admission().leave(address.getAddress());
      endpoint.stats().connectionEnded(reason);
    }
    leaveClient(reason);
  }

  private void leaveClient(SessionEnd reason) {
    if (clientFinished || reason == SessionEnd.CLIENT_LOST) {
      client.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    client.config().setAutoRead(true);
    Wire.finish(client).addListener(_ -> after(LINGER, client::close));
    ScheduledFuture<?> farewell = after(FAREWELL, client::close);
    client.closeFuture().addListener(_ -> farewell.cancel(false));
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
