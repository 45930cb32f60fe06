package io.trunkline.healthcheck.rest;

import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.trunkline.healthcheck.common.ClientTls;
import io.trunkline.healthcheck.common.Connector;
import io.trunkline.healthcheck.patroni.ApiUrl;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Asks REST APIs. Every question has a connection of its own: Patroni's server speaks HTTP/1.0 and
 * hangs up after each answer, in 3.0 as in 4.1.
 */
public final class RestClient implements HttpProbe {
  private final EventLoop loop;
  private final Connector connector;
  private final ClientTls tls;
  private final Duration timeout;
  private final InstantSource clock;

  public RestClient(
      EventLoop loop, Connector connector, ClientTls tls, Duration timeout, InstantSource clock) {
    this.loop = loop;
    this.connector = connector;
    this.tls = tls;
    this.timeout = timeout;
    this.clock = clock;
  }

  @Override
  public Runnable ask(ApiUrl api, String path, Consumer<RestReply> reply) {
    RestCall call = new RestCall(api, path, loop, timeout, clock, reply);
    call.start();
    dial(api, call);
    return call::cancel;
  }

  private void dial(ApiUrl api, RestCall call) {
    Optional<String> broken = api.tls() ? tls.failure() : Optional.empty();
    if (broken.isPresent()) {
      call.fail(broken.get());
      return;
    }
    connector.connect(
        api.address(),
        call::done,
        timeout,
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(SocketChannel channel) {
            if (api.tls()) {
              SslContext ssl = tls.context().orElseThrow();
              channel
                  .pipeline()
                  .addLast(
                      ssl.newHandler(channel.alloc(), api.address().host(), api.address().port()));
            }
            channel.pipeline().addLast(RestCall.codec(), call);
          }
        },
        call::failed);
  }
}
