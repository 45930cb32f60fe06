package io.trunkline.healthcheck.rest;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.ssl.SslContext;
import io.trunkline.healthcheck.common.Connector;
import io.trunkline.healthcheck.common.Hosts;
import io.trunkline.healthcheck.common.TlsState;
import io.trunkline.healthcheck.patroni.ApiUrl;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Asks REST APIs. Every question has a connection of its own: Patroni's server speaks HTTP/1.0 and
 * hangs up after each answer, in 3.0 as in 4.1.
 */
public final class RestClient implements HttpProbe {
  private final EventLoop loop;
  private final Connector connector;
  private final Hosts hosts;
  private final Supplier<TlsState> tls;
  private final Duration timeout;
  private final InstantSource clock;

  public RestClient(
      EventLoop loop,
      ChannelFactory<? extends Channel> channels,
      Hosts hosts,
      Supplier<TlsState> tls,
      Duration timeout,
      InstantSource clock) {
    this.loop = loop;
    this.connector = new Connector(loop, channels);
    this.hosts = hosts;
    this.tls = tls;
    this.timeout = timeout;
    this.clock = clock;
  }

  @Override
  public Runnable ask(ApiUrl api, String path, Consumer<RestReply> reply) {
    RestCall call = new RestCall(api, path, loop, timeout, clock, reply);
    call.start();
    hosts.find(
        api.address().host(),
        (addresses, failure) -> {
          if (failure != null) {
            call.fail(failure);
          } else if (!call.done()) {
            dial(api, pick(addresses), call);
          }
        });
    return call::cancel;
  }

  /** A name with several addresses is tried at another one each time. */
  private static InetAddress pick(List<InetAddress> addresses) {
    return addresses.get(
        addresses.size() == 1 ? 0 : ThreadLocalRandom.current().nextInt(addresses.size()));
  }

  private void dial(ApiUrl api, InetAddress address, RestCall call) {
    SslContext context = null;
    if (api.tls()) {
      switch (tls.get()) {
        case TlsState.Ready ready -> context = ready.context();
        case TlsState.Broken broken -> {
          call.fail(broken.reason());
          return;
        }
      }
    }
    SslContext ssl = context;
    connector.connect(
        new InetSocketAddress(address, api.address().port()),
        timeout,
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(SocketChannel channel) {
            if (ssl != null) {
              channel
                  .pipeline()
                  .addLast(
                      ssl.newHandler(channel.alloc(), api.address().host(), api.address().port()));
            }
            channel.pipeline().addLast(new HttpClientCodec(4096, 8192, 8192), call);
          }
        },
        call::failed);
  }
}
