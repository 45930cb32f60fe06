package io.trunkline.proxy.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.trunkline.pgwire.ErrorResponse;
import io.trunkline.proxy.relay.ChannelOps;
import io.trunkline.proxy.relay.ReadBuffer;
import io.trunkline.proxy.relay.SocketOptions;
import io.trunkline.proxy.session.ListenerContext;
import io.trunkline.proxy.session.SessionLoop;
import io.trunkline.proxy.stats.ConnectionFailure;
import io.trunkline.proxy.stats.SessionEnd;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the PROXY protocol header of a connection that must begin with one; its session begins
 * after that, with the address that the header names.
 */
final class ProxyHeaderHandler extends SimpleChannelInboundHandler<HAProxyMessage> {
  /** How long a peer that was told the end may take to close. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private final ListenerContext context;
  private final SessionLoop loop;
  private final InetSocketAddress peer;
  private final ProxyHeaderDecoder decoder;
  private final Consumer<InetSocketAddress> begin;
  private @Nullable ScheduledFuture<?> deadline;
  private boolean over;

  /**
   * @param peer who has connected
   * @param decoder what comes before this in the pipeline
   * @param begin is told the client's address, once; what it adds to the pipeline gets the rest
   */
  ProxyHeaderHandler(
      ListenerContext context,
      SessionLoop loop,
      InetSocketAddress peer,
      ProxyHeaderDecoder decoder,
      Consumer<InetSocketAddress> begin) {
    this.context = context;
    this.loop = loop;
    this.peer = peer;
    this.decoder = decoder;
    this.begin = begin;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (loop.lost().contains(ChannelOps.localAddress(ctx.channel()))) {
      turnAway(ctx);
      return;
    }
    loop.headerAwaited(ctx.channel());
    deadline =
        ctx.executor()
            .schedule(
                () ->
                    refuse(
                        ctx,
                        SessionEnd.PROXY_HEADER_TIMEOUT,
                        "no whole header arrived within startup_timeout"),
                context.config().startupTimeout().toNanos(),
                TimeUnit.NANOSECONDS);
  }

  /** What comes after a refusal, and what the decoder still had, is dropped. */
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (over) {
      ReferenceCountUtil.release(message);
    } else {
      super.channelRead(ctx, message);
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HAProxyMessage header) {
    Optional<InetSocketAddress> client = client(header);
    if (client.isEmpty()) {
      refuse(
          ctx, SessionEnd.PROXY_HEADER_MALFORMED, "the header does not describe a TCP connection");
      return;
    }
    over(ctx);
    ReadBuffer.forRelaying(ctx.channel());
    begin.accept(client.get());
    ctx.pipeline().remove(this);
  }

  /** LOCAL, UNKNOWN and a Unix socket at the balancer name no address: then it is the peer's. */
  private Optional<InetSocketAddress> client(HAProxyMessage header) {
    if (header.command() == HAProxyCommand.LOCAL) {
      return Optional.of(peer);
    }
    return switch (header.proxiedProtocol()) {
      case TCP4, TCP6 ->
          Optional.of(new InetSocketAddress(address(header.sourceAddress()), header.sourcePort()));
      case UNKNOWN, UNIX_STREAM -> Optional.of(peer);
      case UDP4, UDP6, UNIX_DGRAM -> Optional.empty();
    };
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(literal));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("the decoder lets no other address through", e);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      onFinished(ctx);
    } else if (event == SessionEnd.VIP_LOST) {
      turnAway(ctx);
    }
  }

  /** The address that it has connected to is lost. */
  private void turnAway(ChannelHandlerContext ctx) {
    end(ctx, SessionEnd.VIP_LOST);
    SocketOptions.outliveAddress(ctx.channel());
    ChannelOps.abort(ctx.channel());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    onFinished(ctx);
  }

  /** A balancer that only looks whether the port is open says nothing. */
  private void onFinished(ChannelHandlerContext ctx) {
    if (decoder.begun()) {
      refuse(ctx, SessionEnd.PROXY_HEADER_MALFORMED, "the connection ended within the header");
    } else {
      end(ctx, SessionEnd.CLIENT_CLOSED);
      ctx.close();
    }
  }

  @Override
  @SuppressWarnings("deprecation") // declared for outbound exceptions too, as Netty documents
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof HAProxyProtocolException) {
      refuse(ctx, SessionEnd.PROXY_HEADER_MALFORMED, String.valueOf(cause.getMessage()));
    } else if (cause instanceof DecoderException) {
      refuse(ctx, SessionEnd.PROXY_HEADER_MALFORMED, "a field is longer than the header");
    } else if (!over) {
      ConnectionFailure failure = ConnectionFailure.of(cause);
      context.stats().failed(ConnectionFailure.Side.CLIENT, failure);
      context
          .refusals()
          .failed(
              ConnectionFailure.Side.CLIENT, failure, peer.getAddress().getHostAddress(), cause);
      end(ctx, SessionEnd.CLIENT_LOST);
      ctx.close();
    }
  }

  private void refuse(ChannelHandlerContext ctx, SessionEnd reason, String why) {
    if (over) {
      return;
    }
    end(ctx, reason);
    context.refusals().refused(reason, peer.getAddress().getHostAddress(), why);
    ctx.write(
        ErrorResponse.fatal(
            ctx.alloc(),
            reason.sqlState(),
            "trunkline: " + reason.sentence(),
            reason.detail(why),
            reason.hint()));
    ChannelOps.finish(ctx.channel());
    if (!context.admission().lingers(ctx.channel(), false)) {
      ChannelOps.abort(ctx.channel());
      return;
    }
    ScheduledFuture<?> linger =
        ctx.executor().schedule(() -> ctx.close(), LINGER.toNanos(), TimeUnit.NANOSECONDS);
    ctx.channel().closeFuture().addListener(_ -> linger.cancel(false));
  }

  private void end(ChannelHandlerContext ctx, SessionEnd reason) {
    if (!over) {
      over(ctx);
      ctx.pipeline().remove(decoder);
      context.stats().connectionOpened();
      context.stats().connectionEnded(reason);
    }
  }

  private void over(ChannelHandlerContext ctx) {
    over = true;
    loop.headerOver(ctx.channel());
    if (deadline != null) {
      deadline.cancel(false);
    }
  }
}
