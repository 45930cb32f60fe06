package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.trunkline.pgwire.FrontendMessages;
import io.trunkline.proxy.backend.BackendState.Link;
import io.trunkline.proxy.backend.BackendState.Place;
import io.trunkline.proxy.backend.ConnectorState.AskingTls;
import io.trunkline.proxy.backend.ConnectorState.Dialling;
import io.trunkline.proxy.backend.ConnectorState.Idle;
import io.trunkline.proxy.backend.ConnectorState.Linked;
import io.trunkline.proxy.backend.ConnectorState.Placed;
import io.trunkline.proxy.backend.ConnectorState.Queued;
import io.trunkline.proxy.backend.ConnectorState.Ready;
import io.trunkline.proxy.backend.ConnectorState.Securing;
import io.trunkline.proxy.relay.ChannelOps;
import io.trunkline.proxy.relay.ReadBuffer;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.proxy.tls.BackendTls;
import io.trunkline.routing.Failures;
import io.trunkline.routing.Pick;
import io.trunkline.routing.Plural;
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
 * Finds a member for a session, waits for its turn there, dials it, and agrees with it on TLS; and
 * begins anew as long as members refuse. Owned by the client's event loop.
 */
public final class BackendConnector implements Login.Listener {
  private final BackendContext context;
  private final EventLoop loop;
  private final BackendClient client;
  private final BackendConnection connection;
  private final BackendSelector selector;

  private ConnectorState state = new Idle();
  private @Nullable BackendRequest request;
  private @Nullable ScheduledFuture<?> answerDeadline;
  private long ticket;
  private boolean refused;
  private String refusal = WriteReason.UNREACHABLE.sentence();
  private Instant letIn = Instant.MIN;

  BackendConnector(
      BackendContext context, EventLoop loop, BackendClient client, BackendConnection connection) {
    this.context = context;
    this.loop = loop;
    this.client = client;
    this.connection = connection;
    this.selector = new BackendSelector(context, loop);
  }

  // Finding a member.

  /** Looks for a member; the client hears what comes of it. */
  public void search(BackendRequest wanted) {
    request = wanted;
    switch (selector.next()) {
      case Pick.To to -> {
        LoginQueue queue = context.cluster().logins().at(to);
        if (!selector.inVain()) {
          enter(queue, to);
        } else if (queue.refuses()) {
          askAmongOthers(queue, to);
        } else {
          waitAndAskAgain();
        }
      }
      case Pick.Wait wait -> client.onNoMember(wait.reason().sentence());
      case Pick.Nobody nobody -> client.onNoMember(nobody.reason().sentence());
      case Pick.Exhausted _ -> waitAndAskAgain();
    }
  }

  private void searchAgain() {
    if (request != null && state instanceof Idle) {
      search(request);
    }
  }

  private void waitAndAskAgain() {
    client.onNoMember(refusal);
    if (request != null) {
      selector.again(this::searchAgain);
    }
  }

  /** The member refuses everybody: it is asked by a few, and this session may be one of them. */
  private void askAmongOthers(LoginQueue queue, Pick.To to) {
    client.onQueued(queue.refusal().orElse(refusal));
    if (request != null) {
      enter(queue, to);
    }
  }

  private void enter(LoginQueue queue, Pick.To to) {
    if (ticket == 0) {
      ticket = context.cluster().logins().nextTicket();
    }
    Place place = new Place(to.target(), to.address(), to.asPrimary());
    Login login = new Login(queue, ticket, loop, this);
    Queued queued = new Idle().queue(place, login);
    state = queued;
    connection.onPlaced(place);
    context.stats().placedAt(place.member());
    if (login.enter()) {
      dial(queued.dial());
    } else {
      client.onQueued(
          queue.refusal().orElseGet(() -> "queued behind other logins at " + place.member()));
    }
  }

  @Override
  public void onAdmitted(Login admitted) {
    if (state instanceof Queued queued && queued.login() == admitted) {
      dial(queued.dial());
    }
  }

  /** Somebody else was refused: another member may take this session. */
  @Override
  public void onRefusing(Login login) {
    if (state instanceof Queued queued
        && queued.login() == login
        && selector.next() instanceof Pick.To
        && !selector.inVain()) {
      replace();
    }
  }

  /**
   * A new routing table is in.
   *
   * @return whether it may be about the member that the session has
   */
  boolean onTable(RoutingTable table) {
    return switch (state) {
      case Queued queued
          when !context
              .picker()
              .leadsTo(table, queued.place().target(), queued.place().address()) -> {
        replace();
        yield false;
      }
      case Placed _ -> true;
      case Idle _ -> {
        if (!selector.waitsInSpiteOf(table)) {
          searchAgain();
        }
        yield false;
      }
    };
  }

  /** The client's request as it stands now. */
  public void requestIs(BackendRequest changed) {
    request = changed;
  }

  // What the session waits for.

  /** Who it is, also while it is being connected. */
  public Optional<String> member() {
    return state instanceof Placed placed ? Optional.of(placed.place().member()) : Optional.empty();
  }

  /** Whether the member that it waits for refuses connections, also to others. */
  public boolean refusing() {
    return state instanceof Placed placed ? placed.login().queue().refuses() : refused;
  }

  /** For a client that has waited too long at a member; it takes a look at all who wait. */
  public Optional<String> whyQueuedTooLong() {
    if (!(state instanceof Queued queued)) {
      return Optional.empty();
    }
    LoginQueue queue = queued.login().queue();
    return queue
        .refusal()
        .or(
            () ->
                Optional.of(
                    "the client was queued behind %s at %s, which accepted none of them"
                        .formatted(
                            Plural.of(queue.before(queued.login()), "login"),
                            queued.place().member())));
  }

  /**
   * When the member that it waits for, or has waited for, last went on letting somebody in. Of one
   * that has refused this session itself that is no hope.
   */
  public Instant letIn() {
    if (state instanceof Placed placed && !refused) {
      Instant last = context.clock().instant().minus(placed.login().queue().answeredAgo());
      letIn = last.isAfter(letIn) ? last : letIn;
    }
    return letIn;
  }

  /** The client will say nothing more. */
  public void onClientFinished() {
    if (state instanceof Placed placed) {
      placed.login().onClientFinished();
    }
  }

  // Connecting.

  private void dial(Dialling dialling) {
    state = dialling;
    context
        .dialer()
        .dial(dialling.place().address(), loop, new BackendHandler(connection))
        .addListener((Future<Channel> dialled) -> onDialled(dialling, dialled));
  }

  @SuppressWarnings("ReferenceEquality") // an equal state may belong to a later dial
  private void onDialled(Dialling dialling, Future<Channel> dialled) {
    if (state != dialling) {
      if (dialled.isSuccess()) {
        ChannelOps.close(dialled.getNow());
      }
      return;
    }
    Place place = dialling.place();
    if (!dialled.isSuccess()) {
      onNotDialled(place.member(), dialled.cause());
      return;
    }
    if (!context.pooled()) {
      context.connects().connected(context.cluster().name(), place.member());
    }
    Channel member = dialled.getNow();
    Link link = new Link(place, dialling.login(), member, context.memory().new Backlog(member));
    link.login().progressed();
    awaitAnswer(context.config().startupTimeout());
    if (request().sslAnswered() || context.tls().isPresent()) {
      state = dialling.askTls(link);
      member.writeAndFlush(FrontendMessages.sslRequest());
    } else {
      open(dialling.ready(link));
    }
    client.onMemberConnected();
  }

  private BackendRequest request() {
    return Objects.requireNonNull(request);
  }

  private void onNotDialled(String member, Throwable cause) {
    String why = Failures.describe(cause);
    refusal =
        cause instanceof UnknownHostException
            ? "the name of " + member + " cannot be resolved: " + why
            : WriteReason.UNREACHABLE.sentence();
    giveUp(why, cause instanceof ConnectTimeoutException);
  }

  /** What the member says before it has got anything of the client's. */
  void onBytes(ByteBuf bytes) {
    boolean accepted = bytes.readableBytes() == 1 && bytes.getByte(bytes.readerIndex()) == 'S';
    bytes.release();
    if (!(state instanceof AskingTls asking)) {
      return;
    }
    asking.login().progressed();
    if (context.tls().isPresent()) {
      if (accepted) {
        secure(asking.secure(), context.tls().get());
      } else {
        giveUp("it does not support TLS, which backend_tls requires");
      }
    } else if (accepted) {
      open(asking.ready());
    } else {
      client.end(SessionEnd.BACKEND_WITHOUT_TLS);
    }
  }

  private void secure(Securing securing, BackendTls tls) {
    state = securing;
    Channel member = securing.link().channel();
    SslHandler handler = tls.handler(member.alloc(), securing.place().address());
    handler.setHandshakeTimeoutMillis(0); // onNoAnswer ends it, unless the member is only slow
    handler.handshakeFuture().addListener((Future<Channel> agreed) -> onSecured(securing, agreed));
    ReadBuffer.forDecoders(member);
    member.pipeline().addFirst(handler);
  }

  @SuppressWarnings("ReferenceEquality") // an equal state may belong to a later dial
  private void onSecured(Securing securing, Future<Channel> agreed) {
    if (state != securing) {
      return;
    }
    if (agreed.isSuccess()) {
      open(securing.ready());
    } else {
      giveUp(Failures.ofTls(agreed.cause()));
    }
  }

  private void open(Ready ready) {
    state = ready;
    connection.open(ready.link(), request());
  }

  // The time until the member has answered.

  private void awaitAnswer(Duration patience) {
    answerDeadline = loop.schedule(this::onNoAnswer, patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** A login is not given up while the member gets on with others: it is slow, not silent. */
  private void onNoAnswer() {
    if (!(state instanceof Linked linked)) {
      return;
    }
    if (request().speaksTls() && connection.helloIsPartial()) {
      client.end(SessionEnd.STARTUP_TIMEOUT);
      return;
    }
    Login login = linked.login();
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

  /** The client has said what else it wants of the member that is connected to. */
  void asks(BackendRequest wanted) {
    request = wanted;
    awaitAnswer(context.config().startupTimeout());
  }

  /** Whether a new session may begin at the member that is connected to, as it was picked. */
  boolean stillLeads(RoutingTable table) {
    if (!(state instanceof Linked linked)) {
      return false;
    }
    Place place = linked.place();
    return context.picker().leadsTo(table, place.target(), place.address())
        && place.asPrimary() == table.write().target().equals(Optional.of(place.target()));
  }

  /** The member has answered: no other one is looked for. */
  void answered() {
    cancelAnswerDeadline();
    request = null;
  }

  private void cancelAnswerDeadline() {
    if (answerDeadline != null) {
      answerDeadline.cancel(false);
      answerDeadline = null;
    }
  }

  // The connection.

  /** Whether that is the connection to the present member, not to one that was left. */
  boolean current(Channel channel) {
    return state instanceof Linked linked && linked.link().channel().equals(channel);
  }

  /** Whether there is a connection. */
  boolean linked() {
    return state instanceof Linked;
  }

  /** Whether a member is still to be found, or to answer. */
  boolean searching() {
    return request != null;
  }

  /** Whether the member is read. */
  public void setReading(boolean wanted) {
    if (state instanceof Linked linked) {
      linked.link().channel().config().setAutoRead(wanted);
    }
  }

  void countBacklog() {
    if (state instanceof Linked linked) {
      linked.link().backlog().count();
    }
  }

  // The end.

  /** Leaves a member that has not answered anything, and looks for the next. */
  void giveUp(String why) {
    refusal = WriteReason.UNREACHABLE.sentence();
    giveUp(why, false);
  }

  private void giveUp(String why, boolean silent) {
    Placed left = (Placed) state;
    String member = left.place().member();
    context.stats().dialFailed();
    if (!context.pooled()) {
      context.connects().failed(context.cluster().name(), member, why);
    }
    letIn();
    refused = true;
    left.login().refused(refusal, silent);
    selector.refusedBy(member);
    replace();
  }

  /** The member is fine, but not for this session now: another one may be. */
  void passOver() {
    selector.refusedBy(((Placed) state).place().member());
    replace();
  }

  /** The session wants nothing for now; where it is being connected to it may have. */
  void stopSearching() {
    if (state instanceof Idle) {
      request = null;
      selector.stop();
    }
  }

  /** Leaves a member that has not answered, and looks for another. */
  void replace() {
    letIn();
    leaveMember(true);
    connection.onReplaced();
    client.onMemberLeft();
    searchAgain();
  }

  /** Leaves the member; the session may look for another one later. */
  void detach() {
    refused = false;
    letIn = Instant.MIN;
    leaveMember(true);
  }

  /** The session is over. */
  void leave(boolean abort) {
    request = null;
    leaveMember(abort);
    selector.stop();
  }

  private void leaveMember(boolean abort) {
    ConnectorState left = state;
    state = new Idle();
    cancelAnswerDeadline();
    if (left instanceof Placed placed) {
      placed.login().leave();
      context.stats().leftFrom(placed.place().member());
    }
    if (left instanceof Linked linked) {
      if (abort) {
        ChannelOps.abort(linked.link().channel());
      } else {
        ChannelOps.close(linked.link().channel());
      }
    }
  }
}
