package io.trunkline.healthcheck.sentinel;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.trunkline.config.HostPort;
import io.trunkline.config.SentinelConfig;
import io.trunkline.healthcheck.common.ClientTls;
import io.trunkline.healthcheck.common.Connector;
import io.trunkline.healthcheck.common.Hosts;
import io.trunkline.healthcheck.common.TlsState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;

/** Opens sentinels' connections. */
public final class SentinelDialer implements Sentinel.Dialer {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);

  private final SentinelConfig config;
  private final EventLoop loop;
  private final Connector connector;
  private final Hosts hosts;
  private final Optional<ClientTls> tls;
  private final Executor workers;
  private final InstantSource clock;

  public SentinelDialer(
      SentinelConfig config,
      EventLoop loop,
      ChannelFactory<? extends Channel> channels,
      Hosts hosts,
      Optional<ClientTls> tls,
      Executor workers,
      InstantSource clock) {
    this.config = config;
    this.loop = loop;
    this.connector = new Connector(loop, channels);
    this.hosts = hosts;
    this.tls = tls;
    this.workers = workers;
    this.clock = clock;
  }

  @Override
  public SentinelCall dial(HostPort address, SentinelCall.Listener listener) {
    Optional<SslContext> ssl = Optional.empty();
    Optional<String> broken = Optional.empty();
    switch (tls.map(ClientTls::state).orElse(null)) {
      case TlsState.Ready ready -> ssl = Optional.of(ready.context());
      case TlsState.Broken reason -> broken = Optional.of(reason.reason());
      case null -> {}
    }
    SentinelCall call =
        new SentinelCall(
            config, address, new SentinelCall.Supplies(loop, workers, clock, ssl), listener);
    call.start();
    Optional<String> unusable = broken;
    loop.execute(
        () ->
            unusable.ifPresentOrElse(
                reason -> call.end(SentinelCall.Failure.BROKEN, reason),
                () -> find(address, call)));
    return call;
  }

  private void find(HostPort address, SentinelCall call) {
    hosts.find(
        address.host(),
        (addresses, failure) -> {
          if (failure != null) {
            call.end(SentinelCall.Failure.BROKEN, failure);
          } else if (!call.over()) {
            connect(new InetSocketAddress(pick(addresses), address.port()), call);
          }
        });
  }

  /** A name with several addresses is tried at another one each time. */
  private static InetAddress pick(List<InetAddress> addresses) {
    return addresses.get(ThreadLocalRandom.current().nextInt(addresses.size()));
  }

  private void connect(InetSocketAddress address, SentinelCall call) {
    connector.connect(
        address,
        CONNECT_LIMIT,
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(SocketChannel channel) {
            channel.pipeline().addLast(call);
          }
        },
        call::failed);
  }
}
