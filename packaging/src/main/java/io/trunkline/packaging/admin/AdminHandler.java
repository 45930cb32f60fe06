package io.trunkline.packaging.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection: whole requests in, answers out. From one answer to the next a client has a
 * deadline, for sending as for receiving, and it cannot make answers pile up by not reading them.
 */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private final AdminService service;
  private final boolean trusted;
  private @Nullable ScheduledFuture<?> deadline;
  private @Nullable ChannelFuture answering;
  private boolean asked;

  AdminHandler(AdminService service, boolean trusted) {
    this.service = service;
    this.trusted = trusted;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    restartDeadline(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (asked || (answering != null && !answering.isDone())) {
      close(ctx);
      return;
    }
    boolean broken = request.decoderResult().isFailure();
    boolean keepAlive = !broken && HttpUtil.isKeepAlive(request);
    CompletableFuture<AdminResponse> answer =
        broken ? CompletableFuture.completedFuture(refusal(request)) : answer(request);
    if (answer.isDone()) {
      send(ctx, answer.join(), keepAlive);
    } else {
      asked = true;
      answer.thenAcceptAsync(late -> send(ctx, late, keepAlive), ctx.executor());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    close(ctx);
  }

  private CompletableFuture<AdminResponse> answer(FullHttpRequest request) {
    try {
      QueryStringDecoder uri =
          new QueryStringDecoder(request.uri(), StandardCharsets.UTF_8, true, 16);
      return service.answer(
          new AdminRequest(request.method().name(), uri.path(), uri.parameters(), trusted));
    } catch (IllegalArgumentException e) {
      return CompletableFuture.completedFuture(AdminResponse.text(400, "the path is malformed"));
    }
  }

  private static AdminResponse refusal(FullHttpRequest request) {
    return switch (request.decoderResult().cause()) {
      case TooLongHttpLineException _ -> AdminResponse.text(414, "the request line is too long");
      case TooLongHttpHeaderException _ -> AdminResponse.text(431, "the headers are too long");
      case DecoderException _ -> AdminResponse.text(400, "this is not HTTP");
      default -> AdminResponse.text(400, "the request is malformed");
    };
  }

  private void send(ChannelHandlerContext ctx, AdminResponse answer, boolean keepAlive) {
    asked = false;
    ByteBuf body = ByteBufUtil.writeUtf8(ctx.alloc(), answer.body());
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), body);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, answer.type())
        .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .set("x-content-type-options", "nosniff");
    answer.allow().ifPresent(allow -> response.headers().set(HttpHeaderNames.ALLOW, allow));
    HttpUtil.setKeepAlive(response, keepAlive);
    ChannelFuture written = ctx.writeAndFlush(response);
    answering = written;
    written.addListener(keepAlive ? _ -> restartDeadline(ctx) : ChannelFutureListener.CLOSE);
  }

  private static void close(ChannelHandlerContext ctx) {
    var _ = ctx.close();
  }

  private void restartDeadline(ChannelHandlerContext ctx) {
    if (deadline != null) {
      deadline.cancel(false);
    }
    deadline =
        ctx.executor()
            .schedule(
                () -> close(ctx), service.limits().patience().toMillis(), TimeUnit.MILLISECONDS);
  }
}
