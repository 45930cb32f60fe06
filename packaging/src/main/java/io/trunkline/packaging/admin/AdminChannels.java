package io.trunkline.packaging.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.time.Duration;

/** Sets up the connections of one server socket, and admits only so many at a time. */
final class AdminChannels extends ChannelInitializer<Channel> {
  private final AdminRoutes routes;
  private final boolean trusted;
  private final AdminLimits limits;
  private int open;

  /**
   * @param routes what answers
   * @param trusted whether those who connect may change things
   */
  AdminChannels(AdminRoutes routes, boolean trusted, AdminLimits limits) {
    this.routes = routes;
    this.trusted = trusted;
    this.limits = limits;
  }

  /**
   * What one client, and all of them together, may use up.
   *
   * @param connections at a time; more are closed at once
   * @param line longest request line, in bytes
   * @param headers longest headers, in bytes
   * @param body longest body, in bytes
   * @param patience how long a request may take to come in, and an answer to be taken
   */
  record AdminLimits(int connections, int line, int headers, int body, Duration patience) {
    static final AdminLimits DEFAULT =
        new AdminLimits(64, 4_096, 8_192, 4_096, Duration.ofSeconds(10));
  }

  /** Runs on the one admin event loop, so plain counting is enough. */
  @Override
  protected void initChannel(Channel channel) {
    if (open >= limits.connections()) {
      var _ = channel.close();
      return;
    }
    open++;
    channel.closeFuture().addListener(_ -> open--);
    HttpDecoderConfig decoding =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(limits.line())
            .setMaxHeaderSize(limits.headers());
    channel
        .pipeline()
        .addLast(
            new HttpServerCodec(decoding),
            new HttpObjectAggregator(limits.body(), true),
            new AdminHandler(routes, trusted, limits.patience()));
  }

  @Override
  public boolean isSharable() {
    return true;
  }
}
