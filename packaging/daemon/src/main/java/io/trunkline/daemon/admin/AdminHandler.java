package io.trunkline.daemon.admin;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
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
  private @Nullable AnswerWriter writer;
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
    stopDeadline();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (writer != null && ctx.channel().isWritable()) {
      writer.write();
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
      stopDeadline(); // it is for clients, and this one has asked; an upgrade may take longer
      answer
          .thenAcceptAsync(
              late -> {
                restartDeadline(ctx);
                send(ctx, late, keepAlive);
              },
              ctx.executor())
          .whenComplete(
              (_, failure) -> {
                if (failure != null) {
                  close(ctx);
                }
              });
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
          new AdminRequest(
              request.protocolVersion(),
              request.method().name(),
              uri.path(),
              uri.parameters(),
              request.headers(),
              trusted));
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
    switch (answer.body()) {
      case AdminResponse.Text text -> sendWhole(ctx, answer, text, keepAlive);
      case AdminResponse.Pieces pieces -> sendPieces(ctx, answer, pieces);
      case AdminResponse.Stream stream -> beginStream(ctx, answer, stream);
    }
  }

  private void sendWhole(
      ChannelHandlerContext ctx, AdminResponse answer, AdminResponse.Text text, boolean keepAlive) {
    asked = false;
    HttpResponse response = head(answer);
    if (answer.status() != HttpResponseStatus.NOT_MODIFIED.code()) {
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, ByteBufUtil.utf8Bytes(text.text()));
    }
    HttpUtil.setKeepAlive(response, keepAlive);
    write(ctx, response, AnswerWriter.pieces(text.text()))
        .addListener(keepAlive ? _ -> restartDeadline(ctx) : ChannelFutureListener.CLOSE);
  }

  private void sendPieces(
      ChannelHandlerContext ctx, AdminResponse answer, AdminResponse.Pieces pieces) {
    asked = false;
    HttpResponse response = head(answer);
    HttpUtil.setKeepAlive(response, false);
    ctx.channel().closeFuture().addListener(_ -> pieces.done().run());
    write(ctx, response, pieces.pieces()).addListener(ChannelFutureListener.CLOSE);
  }

  private ChannelFuture write(
      ChannelHandlerContext ctx, HttpResponse response, Iterator<? extends CharSequence> pieces) {
    AnswerWriter next = new AnswerWriter(ctx, pieces);
    writer = next;
    answering = next.written();
    ctx.write(response);
    next.write();
    return next.written();
  }

  /** It has no length and ends with the connection; whoever sends anything more ends it. */
  private void beginStream(
      ChannelHandlerContext ctx, AdminResponse answer, AdminResponse.Stream stream) {
    asked = true;
    stopDeadline();
    HttpResponse response = head(answer);
    HttpUtil.setKeepAlive(response, false);
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    stream.begin().accept(ctx.channel());
  }

  private static HttpResponse head(AdminResponse answer) {
    HttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.type());
    answer.headers().forEach(response.headers()::set);
    return response;
  }

  private static void close(ChannelHandlerContext ctx) {
    var _ = ctx.close();
  }

  private void stopDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private void restartDeadline(ChannelHandlerContext ctx) {
    stopDeadline();
    deadline =
        ctx.executor()
            .schedule(
                () -> close(ctx), service.limits().patience().toMillis(), TimeUnit.MILLISECONDS);
  }
}
