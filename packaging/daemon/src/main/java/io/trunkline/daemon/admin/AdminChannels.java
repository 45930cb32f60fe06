package io.trunkline.daemon.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;

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
}
