package io.trunkline.daemon.admin;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import java.util.Map;

/** Puts on every answer, those of the decoders too, what every answer has, unless it is there. */
final class CommonHeaders extends ChannelOutboundHandlerAdapter {
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
