package io.trunkline.daemon.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.Map;

/** Sets up the connections of one server socket, and admits only so many at a time. */
final class AdminChannels extends ChannelInitializer<Channel> {
  private final AdminService service;
  private final boolean trusted;
  private int open;

  /**
   * @param trusted whether those who connect may change things
   */
  AdminChannels(AdminService service, boolean trusted) {
    this.service = service;
    this.trusted = trusted;
  }

  /** Runs on the one admin event loop, so plain counting is enough. */
  @Override
  protected void initChannel(Channel channel) {
    if (open >= service.limits().connections()) {
      var _ = channel.close();
      return;
    }
    open++;
    channel.closeFuture().addListener(_ -> open--);
    HttpDecoderConfig decoding =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(service.limits().line())
            .setMaxHeaderSize(service.limits().headers());
    channel
        .pipeline()
        .addLast(
            new HttpServerCodec(decoding),
            new CommonHeaders(),
            new HttpObjectAggregator(service.limits().body(), true),
            new AdminHandler(service, trusted));
  }

  /** Puts on every answer, those of the decoders too, what every answer has, unless it is there. */
  private static final class CommonHeaders extends ChannelOutboundHandlerAdapter {
    private static final Map<String, String> COMMON =
        Map.of(
            "cache-control", "no-store",
            "x-content-type-options", "nosniff",
            "cross-origin-resource-policy", "same-origin");

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      if (message instanceof HttpResponse response) {
        HttpHeaders headers = response.headers();
        COMMON.forEach(
            (name, value) -> {
              if (!headers.contains(name)) {
                headers.set(name, value);
              }
            });
      }
      ctx.write(message, promise);
    }
  }
}
