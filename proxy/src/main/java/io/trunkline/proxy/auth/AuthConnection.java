package io.trunkline.proxy.auth;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.trunkline.config.AuthConfig;
import io.trunkline.config.HostPort;
import io.trunkline.pgwire.BackendMessageDecoder;
import io.trunkline.pgwire.FrontendMessages;
import io.trunkline.pgwire.PasswordLogin;
import io.trunkline.pgwire.ProtocolError;
import io.trunkline.pgwire.ServerError;
import io.trunkline.proxy.tls.BackendTls;
import io.trunkline.routing.Failures;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One connection to one member that asks for verifiers, from its dial to its end; it has nothing to
 * do with the startup packet of any client. Owned by one event loop.
 *
 * <pre>
 * CONNECTING → ASKING_TLS → HANDSHAKE → LOGIN → IDLE ⇄ ASKED
 * </pre>
 */
final class AuthConnection extends ChannelInboundHandlerAdapter
    implements BackendMessageDecoder.Taker, PasswordLogin.Line {
  private final AuthConfig config;
  private final HostPort member;
  private final Optional<BackendTls> tls;
  private final Executor workers;
  private final Listener listener;
  private final BackendMessageDecoder messages = new BackendMessageDecoder(this);
  private final PasswordLogin login;

  private Step step = Step.CONNECTING;
  private @Nullable Channel channel;
  private byte[] role = {};
  private byte @Nullable [] rolpassword;
  private boolean worked;
  private boolean used = true;
  private int rows;
  private @Nullable String error;

  private enum Step {
    CONNECTING,
    ASKING_TLS,
    HANDSHAKE,
    LOGIN,
    IDLE,
    ASKED,
    ENDED
  }

  /** Is told on the loop. */
  interface Listener {
    /** It can be asked. */
    void idle(AuthConnection connection);

    /**
     * The question is answered; it can be asked again.
     *
     * @param rolpassword what the one row says; empty where there is no row, or nothing in it
     */
    void answered(AuthConnection connection, byte[] rolpassword);

    /** The question cannot be answered; it can be asked again. */
    void failed(AuthConnection connection, String why);

    /** It is over; told once. */
    void ended(AuthConnection connection, String why);
  }

  AuthConnection(
      AuthConfig config,
      HostPort member,
      Optional<BackendTls> tls,
      Executor workers,
      Listener listener) {
    this.config = config;
    this.member = member;
    this.tls = tls;
    this.workers = workers;
    this.listener = listener;
    this.login = new PasswordLogin(config.user(), config.password().reveal(), this);
  }

  /** Whether it has ever been ready for a question. */
  boolean worked() {
    return worked;
  }

  /** Whether it has not been asked since this was called last. */
  boolean unused() {
    boolean unused = !used;
    used = false;
    return unused;
  }

  /** Asks for the verifier of that role; only while it is idle. */
  void ask(String of) {
    step = Step.ASKED;
    role = of.getBytes(StandardCharsets.UTF_8);
    used = true;
    rows = 0;
    rolpassword = null;
    error = null;
    messages.asked();
    send(FrontendMessages.ask(allocator(), "", config.query(), of));
  }

  void end(String why) {
    if (step != Step.ENDED) {
      step = Step.ENDED;
      wipe();
      if (channel != null) {
        channel.close();
      }
      listener.ended(this, why);
    }
  }

  /** Ends it because nobody needs it. */
  void leave() {
    if (channel != null && step == Step.IDLE) {
      send(FrontendMessages.terminate());
    }
    end("it was idle");
  }

  private void wipe() {
    if (rolpassword != null) {
      Arrays.fill(rolpassword, (byte) 0);
      rolpassword = null;
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    ctx.pipeline().addBefore(ctx.name(), null, messages);
    if (step == Step.ENDED) {
      ctx.close();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (tls.isPresent()) {
      step = Step.ASKING_TLS;
      messages.expectTlsAnswer();
      send(FrontendMessages.sslRequest());
    } else {
      startup();
    }
  }

  @Override
  public void tlsAnswer(ChannelHandlerContext ctx, byte answer) {
    if (answer == 'S' && tls.isPresent()) {
      step = Step.HANDSHAKE;
      ctx.pipeline().addFirst(tls.get().handler(ctx.alloc(), member));
    } else {
      end("it does not support TLS, which backend_tls requires");
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        startup();
      } else {
        end(Failures.describe(handshake.cause()));
      }
    }
  }

  private void startup() {
    step = Step.LOGIN;
    send(
        FrontendMessages.startup(
            allocator(),
            "user",
            config.user(),
            "database",
            config.database(),
            "application_name",
            "trunkline auth",
            "client_encoding",
            "UTF8",
            "statement_timeout",
            "1s"));
  }

  @Override
  public void message(ChannelHandlerContext ctx, byte type, ByteBuf body) throws ProtocolError {
    if (step == Step.ENDED) {
      return;
    }
    switch (type) {
      case 'R' -> {
        if (step != Step.LOGIN) {
          throw new ProtocolError("an authentication message out of turn");
        }
        login.on(body);
      }
      case 'E' -> error(ServerError.parse(body));
      case 'D' -> row(body);
      case 'Z' -> ready();
      case '1', '2', '3', 'A', 'C', 'I', 'K', 'N', 'S', 'n', 'v' -> {}
      default -> throw new ProtocolError("a message of type " + (type & 0xFF));
    }
  }

  private void error(ServerError refused) {
    if (step == Step.ASKED && !refused.ends()) {
      error = "the query failed: " + refused;
    } else {
      end(refused.toString());
    }
  }

  /** The name and the password. Another's would have the client refused. */
  private void row(ByteBuf body) throws ProtocolError {
    if (step != Step.ASKED) {
      throw new ProtocolError("a row that was not asked for");
    }
    rows++;
    wipe();
    if (body.readShort() != 2) {
      error = "the query answers with other columns than a name and a password";
      return;
    }
    int named = body.readInt();
    byte[] name = ByteBufUtil.getBytes(body.readSlice(Math.max(0, named)));
    if (!Arrays.equals(name, role)) {
      error = "the query answers with another role";
      return;
    }
    int length = body.readInt();
    rolpassword = length < 0 ? null : ByteBufUtil.getBytes(body.readSlice(length));
  }

  private void ready() throws ProtocolError {
    switch (step) {
      case LOGIN -> {
        if (!login.accepted()) {
          throw new ProtocolError("ReadyForQuery before the login is complete");
        }
        step = Step.IDLE;
        worked = true;
        listener.idle(this);
      }
      case ASKED -> {
        step = Step.IDLE;
        if (error == null && rows > 1) {
          error = "the query answers with " + rows + " rows";
        }
        byte[] found = rolpassword == null ? new byte[0] : rolpassword;
        rolpassword = null;
        if (error == null) {
          listener.answered(this, found);
        } else {
          Arrays.fill(found, (byte) 0);
          listener.failed(this, error);
        }
      }
      case CONNECTING, ASKING_TLS, HANDSHAKE, IDLE, ENDED ->
          throw new ProtocolError("ReadyForQuery out of turn");
    }
  }

  @Override
  public void junk(String reason) {
    end(reason);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end("the connection was closed");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    end(Failures.describe(cause));
  }

  // For the login.

  @Override
  public ByteBufAllocator allocator() {
    return channel().alloc();
  }

  @Override
  public Optional<X509Certificate> certificate() {
    return BackendTls.certificate(channel());
  }

  @Override
  public void send(ByteBuf message) {
    channel().writeAndFlush(message);
  }

  /** The password and what it could be found from go only to who is verified, or to this node. */
  @Override
  public boolean allows(PasswordLogin.Method method) {
    boolean allowed =
        switch (method) {
          case NONE, SCRAM_SHA_256 -> true;
          case PASSWORD, MD5 -> channel().pipeline().get(SslHandler.class) != null;
        };
    if (!allowed) {
      refuse("the server asks for a password without TLS, not for SCRAM-SHA-256");
    }
    return allowed;
  }

  @Override
  public void compute(Runnable work, Runnable then) {
    Channel computed = channel();
    workers.execute(
        () -> {
          Runnable next = then;
          try {
            work.run();
          } catch (RuntimeException e) {
            next = () -> end(String.valueOf(e.getMessage()));
          }
          Runnable onLoop = next;
          computed
              .eventLoop()
              .execute(
                  () -> {
                    if (step != Step.ENDED) {
                      onLoop.run();
                    }
                  });
        });
  }

  @Override
  public void refuse(String reason) {
    end(reason);
  }

  private Channel channel() {
    if (channel == null) {
      throw new IllegalStateException("not connected");
    }
    return channel;
  }
}
