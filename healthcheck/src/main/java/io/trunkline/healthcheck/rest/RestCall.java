package io.trunkline.healthcheck.rest;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import io.trunkline.healthcheck.common.Json;
import io.trunkline.healthcheck.common.JunkException;
import io.trunkline.healthcheck.patroni.ApiUrl;
import io.trunkline.routing.Failures;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One question on one connection: from the dial to the last byte there is one deadline. */
final class RestCall extends SimpleChannelInboundHandler<HttpObject> {
  static final int MAX_BODY = 256 * 1024;
  private static final int MAX_EARLY_LOOKS = 8;

  private final ApiUrl api;
  private final String path;
  private final EventLoop loop;
  private final Duration timeout;
  private final InstantSource clock;
  private final Consumer<RestReply> reply;
  private final Instant dialledAt;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(1024);
  private @Nullable Instant askedAt;
  private @Nullable Future<?> deadline;
  private @Nullable Channel channel;
  private String phase = "resolving the name";
  private int status;
  private boolean endsWithConnection;
  private boolean endsWithBrace;
  private int earlyLooks;
  private boolean done;

  RestCall(
      ApiUrl api,
      String path,
      EventLoop loop,
      Duration timeout,
      InstantSource clock,
      Consumer<RestReply> reply) {
    this.api = api;
    this.path = path;
    this.loop = loop;
    this.timeout = timeout;
    this.clock = clock;
    this.reply = reply;
    this.dialledAt = clock.instant();
  }

  /** What is before it in the pipeline. */
  static HttpClientCodec codec() {
    return new HttpClientCodec(4096, 8192, 8192);
  }

  void start() {
    deadline =
        loop.schedule(
            () -> fail("no answer within " + timeout.toMillis() + "ms (" + phase + ")"),
            timeout.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  boolean done() {
    return done;
  }

  /** Ends it without a reply. */
  void cancel() {
    finish(null);
  }

  void fail(String reason) {
    finish(new RestReply.Failed(askedAt != null ? askedAt : dialledAt, reason));
  }

  void failed(Throwable cause) {
    fail(Failures.describe(cause));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    phase = "connecting";
    if (done) {
      var _ = ctx.close();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (api.tls()) {
      phase = "TLS handshake";
    } else {
      send(ctx);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        send(ctx);
      } else {
        fail(Failures.ofTls(handshake.cause()));
      }
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    if (message.decoderResult().isFailure()) {
      fail("not HTTP: " + Failures.describe(message.decoderResult().cause()));
      return;
    }
    if (message instanceof HttpResponse response) {
      phase = "reading the answer";
      status = response.status().code();
      endsWithConnection =
          HttpUtil.getContentLength(response, -1L) < 0
              && !HttpUtil.isTransferEncodingChunked(response);
    }
    if (message instanceof HttpContent content) {
      take(content.content());
      if (!done && (message instanceof LastHttpContent || complete())) {
        finish(
            new RestReply.Answered(
                askedAt != null ? askedAt : dialledAt,
                clock.instant(),
                status,
                body.toString(StandardCharsets.UTF_8)));
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail("the connection was closed before the answer was complete");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failed(cause);
  }

  private void send(ChannelHandlerContext ctx) {
    FullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path);
    request
        .headers()
        .set(HttpHeaderNames.HOST, api.address().toString())
        .set(HttpHeaderNames.CONNECTION, "close")
        .set(HttpHeaderNames.USER_AGENT, "trunkline");
    phase = "waiting for the answer";
    askedAt = clock.instant();
    var _ = ctx.writeAndFlush(request);
  }

  private void take(ByteBuf bytes) {
    if (body.size() + bytes.readableBytes() > MAX_BODY) {
      fail("an answer of more than " + MAX_BODY / 1024 + " kB");
      return;
    }
    byte[] chunk = new byte[bytes.readableBytes()];
    bytes.readBytes(chunk);
    body.writeBytes(chunk);
    endsWithBrace = chunk.length == 0 ? endsWithBrace : chunk[chunk.length - 1] == '}';
  }

  /**
   * Whether a body without a length is whole, so that nobody has to wait for the connection's end
   * (under TLS that takes a round trip more).
   */
  private boolean complete() {
    if (!endsWithConnection || !endsWithBrace || earlyLooks >= MAX_EARLY_LOOKS) {
      return false;
    }
    earlyLooks++;
    try {
      Json.object(body.toString(StandardCharsets.UTF_8));
      return true;
    } catch (JunkException e) {
      return false;
    }
  }

  private void finish(@Nullable RestReply outcome) {
    if (done) {
      return;
    }
    done = true;
    if (deadline != null) {
      deadline.cancel(false);
    }
    if (channel != null) {
      var _ = channel.close();
    }
    if (outcome != null) {
      reply.accept(outcome);
    }
  }
}
