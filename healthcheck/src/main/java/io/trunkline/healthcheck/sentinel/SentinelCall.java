package io.trunkline.healthcheck.sentinel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import io.trunkline.config.HostPort;
import io.trunkline.config.SentinelConfig;
import io.trunkline.pgwire.BackendMessageDecoder;
import io.trunkline.pgwire.FrontendMessages;
import io.trunkline.pgwire.PasswordLogin;
import io.trunkline.pgwire.ProtocolError;
import io.trunkline.pgwire.ServerError;
import io.trunkline.routing.Failures;
import io.trunkline.routing.SentinelAnswer;
import io.trunkline.routing.SentinelAnswer.Access;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to one member's PostgreSQL, from the dial to its end. It asks one question at a
 * time, and each has a deadline.
 *
 * <pre>
 * CONNECTING → ASKING_TLS → HANDSHAKE → LOGIN → STARTING → IDLE ⇄ ASKED
 * </pre>
 */
public final class SentinelCall extends ChannelInboundHandlerAdapter
    implements BackendMessageDecoder.Taker, PasswordLogin.Line {
  /** From the dial to the first answer. */
  static final Duration LOGIN_LIMIT = Duration.ofSeconds(5);

  /** From a question to its answer. */
  static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);

  private static final Duration RECEIVER_INTERVAL = Duration.ofSeconds(1);

  private final SentinelConfig config;
  private final HostPort address;
  private final Supplies supplies;
  private final Listener listener;
  private final BackendMessageDecoder frames = new BackendMessageDecoder(this);
  private final PasswordLogin login;
  private final SentinelFacts facts = new SentinelFacts();
  private Step step = Step.CONNECTING;
  private Instant askedAt;
  private @Nullable Future<?> deadline;
  private @Nullable Channel channel;
  private @Nullable SslHandler tls;
  private SentinelQuery asked = SentinelQuery.EMPTY;
  private Instant receiverAskedAt;
  private boolean receiverRefused;
  private boolean timelineRefused;

  private enum Step {
    CONNECTING("connecting"),
    ASKING_TLS("asking for TLS"),
    HANDSHAKE("TLS handshake"),
    LOGIN("authentication"),
    STARTING("session start"),
    IDLE("idle"),
    ASKED("question asked"),
    ENDED("ended");

    private final String words;

    Step(String words) {
      this.words = words;
    }
  }

  /**
   * What every call needs.
   *
   * @param ssl for TLS to members; empty when none is wanted
   */
  record Supplies(
      EventLoop loop, Executor workers, InstantSource clock, Optional<SslContext> ssl) {}

  /** Is told on the loop. */
  public interface Listener {

    /** A question, or the first one that is implied, was answered; the next may be asked. */
    void answered(SentinelAnswer answer);

    /** It is over, for this reason; told once. */
    void ended(Failure failure, String reason);
  }

  /** What an end means. */
  public enum Failure {
    /** The server starts up or shuts down. */
    NOT_ACCEPTING,
    /** Credentials, pg_hba.conf or TLS: somebody has to change something. */
    REFUSED,
    /** Anything that may pass. */
    BROKEN
  }

  SentinelCall(SentinelConfig config, HostPort address, Supplies supplies, Listener listener) {
    this.config = config;
    this.address = address;
    this.supplies = supplies;
    this.listener = listener;
    this.login = new PasswordLogin(config.user(), config.password().reveal(), this);
    this.askedAt = supplies.clock().instant();
    this.receiverAskedAt = askedAt;
  }

  /** The clock begins to run. */
  void start() {
    limit(LOGIN_LIMIT);
  }

  boolean over() {
    return step == Step.ENDED;
  }

  boolean idle() {
    return step == Step.IDLE;
  }

  /** Asks the next question; only while it is idle. */
  void ask() {
    if (step != Step.IDLE || channel == null) {
      throw new IllegalStateException("asked while " + step);
    }
    step = Step.ASKED;
    question(
        channel,
        receiverDue()
            ? SentinelQuery.RECEIVER
            : facts.reports() ? SentinelQuery.EMPTY : SentinelQuery.SELECT);
    limit(ANSWER_LIMIT);
  }

  /** Ends it without telling. */
  void close() {
    if (step != Step.ENDED) {
      boolean polite = step == Step.IDLE;
      step = Step.ENDED;
      shut(polite);
    }
  }

  void failed(Throwable cause) {
    end(Failure.BROKEN, Failures.describe(cause));
  }

  void end(Failure failure, String reason) {
    if (step != Step.ENDED) {
      step = Step.ENDED;
      shut(false);
      listener.ended(failure, reason);
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    ctx.pipeline().addBefore(ctx.name(), null, frames);
    if (step == Step.ENDED) {
      var _ = ctx.close();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (supplies.ssl().isPresent()) {
      step = Step.ASKING_TLS;
      frames.expectTlsAnswer();
      var _ = ctx.writeAndFlush(FrontendMessages.sslRequest());
    } else {
      startup(ctx);
    }
  }

  @Override
  public void tlsAnswer(ChannelHandlerContext ctx, byte answer) {
    if (answer == 'S') {
      step = Step.HANDSHAKE;
      tls = supplies.ssl().orElseThrow().newHandler(ctx.alloc(), address.host(), address.port());
      ctx.pipeline().addFirst(tls);
    } else if (answer == 'N' && !config.tls().mode().required()) {
      startup(ctx);
    } else if (answer == 'N') {
      end(Failure.REFUSED, "the server has no TLS");
    } else {
      end(Failure.BROKEN, "an answer to SSLRequest that is neither yes nor no");
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        startup(ctx);
      } else {
        boolean refused = handshake.cause() instanceof SSLHandshakeException;
        end(refused ? Failure.REFUSED : Failure.BROKEN, Failures.ofTls(handshake.cause()));
      }
    }
  }

  @Override
  public void message(ChannelHandlerContext ctx, byte type, ByteBuf body) throws ProtocolError {
    if (step == Step.ENDED) {
      return;
    }
    switch (type) {
      case 'R' -> authentication(body);
      case 'S' -> facts.parameter(body);
      case 'E' -> error(ServerError.parse(body));
      case 'D' -> row(body);
      case 'Z' -> ready(ctx.channel());
      case 'A', 'C', 'I', 'K', 'N', 'T', 'v' -> {}
      default -> throw new ProtocolError("a message of type " + (type & 0xFF));
    }
  }

  @Override
  public void junk(String reason) {
    end(Failure.BROKEN, reason);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end(Failure.BROKEN, "the connection was closed (" + step.words + ")");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failed(cause);
  }

  @Override
  public ByteBufAllocator allocator() {
    return channel().alloc();
  }

  @Override
  public Optional<X509Certificate> certificate() {
    if (tls == null) {
      return Optional.empty();
    }
    try {
      Certificate[] chain = tls.engine().getSession().getPeerCertificates();
      return chain[0] instanceof X509Certificate first ? Optional.of(first) : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  @Override
  public void send(ByteBuf message) {
    var _ = channel().writeAndFlush(message);
  }

  @Override
  public void compute(Runnable work, Runnable then) {
    supplies.workers().execute(() -> computed(work, then));
  }

  @Override
  public boolean allows(PasswordLogin.Method method) {
    SentinelConfig.Auth way =
        switch (method) {
          case NONE -> SentinelConfig.Auth.NONE;
          case PASSWORD -> SentinelConfig.Auth.PASSWORD;
          case MD5 -> SentinelConfig.Auth.MD5;
          case SCRAM_SHA_256 -> SentinelConfig.Auth.SCRAM_SHA_256;
        };
    if (!config.answers(way)) {
      refuse(
          switch (method) {
                case NONE -> "the server asks for no password";
                case PASSWORD -> "the server asks for the password in clear text";
                case MD5 -> "the server asks for the password by MD5";
                case SCRAM_SHA_256 -> "the server asks for SCRAM-SHA-256";
              }
              + ", which require_auth of the sentinel does not allow"
              + (config.requireAuth().isEmpty() ? " without tls: verify_ca or verify_full" : ""));
      return false;
    }
    if (method == PasswordLogin.Method.PASSWORD
        && (!config.tls().mode().required() || certificate().isEmpty())) {
      refuse(
          "the server asks for the password in clear text; it gets that only with tls: require or"
              + " better");
      return false;
    }
    return true;
  }

  @Override
  public void refuse(String reason) {
    end(Failure.REFUSED, reason);
  }

  /** On a worker's thread. */
  private void computed(Runnable work, Runnable then) {
    Runnable next = then;
    try {
      work.run();
    } catch (RuntimeException e) {
      next = () -> failed(e);
    }
    Runnable onLoop = next;
    supplies
        .loop()
        .execute(
            () -> {
              if (step != Step.ENDED) {
                onLoop.run();
              }
            });
  }

  private void startup(ChannelHandlerContext ctx) {
    step = Step.LOGIN;
    askedAt = supplies.clock().instant();
    var _ =
        ctx.writeAndFlush(
            FrontendMessages.startup(
                ctx.alloc(),
                "user",
                config.user(),
                "database",
                config.database(),
                "application_name",
                "trunkline sentinel",
                "client_encoding",
                "UTF8"));
  }

  private void authentication(ByteBuf body) throws ProtocolError {
    if (step != Step.LOGIN) {
      throw new ProtocolError("an authentication message out of turn");
    }
    login.on(body);
    if (step == Step.LOGIN && login.accepted()) {
      step = Step.STARTING;
    }
  }

  private void error(ServerError error) {
    if (error.notAccepting()) {
      end(Failure.NOT_ACCEPTING, error.toString());
    } else if (step == Step.LOGIN || step == Step.STARTING) {
      end(error.refusal() ? Failure.REFUSED : Failure.BROKEN, error.toString());
    } else if (asked == SentinelQuery.RECEIVER && !error.ends()) {
      receiverRefused = true;
      facts.noReceiver();
    } else if (error.ends() || asked != SentinelQuery.SELECT || !facts.reports()) {
      end(Failure.BROKEN, error.toString());
    } else {
      timelineRefused = true;
    }
  }

  private void row(ByteBuf body) throws ProtocolError {
    switch (asked) {
      case EMPTY -> throw new ProtocolError("a row that was not asked for");
      case SELECT -> facts.row(body);
      case RECEIVER -> facts.receiver(body);
    }
  }

  /** ReadyForQuery: what came before it is the answer. */
  private void ready(Channel to) throws ProtocolError {
    switch (step) {
      case STARTING -> {
        step = Step.ASKED;
        if (facts.complete()) {
          answered(to);
        } else {
          question(to, SentinelQuery.SELECT);
        }
      }
      case ASKED -> answered(to);
      case CONNECTING, ASKING_TLS, HANDSHAKE, LOGIN, IDLE, ENDED ->
          throw new ProtocolError("ReadyForQuery out of turn");
    }
  }

  private void answered(Channel to) throws ProtocolError {
    if (!facts.complete()) {
      throw new ProtocolError("no answer to whether it is in recovery");
    }
    Access access = facts.access();
    if (access == Access.READ_WRITE
        && facts.timeline().isEmpty()
        && facts.reports()
        && !timelineRefused) {
      question(to, SentinelQuery.SELECT);
      return;
    }
    step = Step.IDLE;
    asked = SentinelQuery.EMPTY;
    stopClock();
    OptionalLong timeline = access == Access.READ_WRITE ? facts.timeline() : OptionalLong.empty();
    listener.answered(
        new SentinelAnswer(
            askedAt, supplies.clock().instant(), access, timeline, facts.upstream()));
  }

  /** A standby is asked now and then whom it streams from. */
  private boolean receiverDue() {
    return facts.access() == Access.IN_RECOVERY
        && !receiverRefused
        && !supplies.clock().instant().isBefore(receiverAskedAt.plus(RECEIVER_INTERVAL));
  }

  private void question(Channel to, SentinelQuery question) {
    asked = question;
    askedAt = supplies.clock().instant();
    if (question == SentinelQuery.RECEIVER) {
      receiverAskedAt = askedAt;
    }
    frames.asked();
    var _ = to.writeAndFlush(question.message().duplicate());
  }

  private Channel channel() {
    if (channel == null) {
      throw new IllegalStateException("not connected");
    }
    return channel;
  }

  private void limit(Duration limit) {
    stopClock();
    deadline =
        supplies
            .loop()
            .schedule(
                () ->
                    end(
                        Failure.BROKEN,
                        "no answer within " + limit.toMillis() + "ms (" + step.words + ")"),
                limit.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  private void stopClock() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  private void shut(boolean polite) {
    stopClock();
    if (channel != null) {
      if (polite) {
        var _ = channel.writeAndFlush(FrontendMessages.terminate());
      }
      var _ = channel.close();
    }
  }
}
