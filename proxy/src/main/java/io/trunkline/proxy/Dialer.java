package io.trunkline.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.trunkline.config.HostPort;
import io.trunkline.config.ListenerConfig;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.List;

/** Opens connections to members, on the loop of the client they are for. */
final class Dialer {
  private final MemberAddresses addresses;
  private final Bootstrap ipv4 = prototype(SocketProtocolFamily.INET);
  private final Bootstrap ipv6 = prototype(SocketProtocolFamily.INET6);

  Dialer(ListenerConfig listener, MemberAddresses addresses) {
    this.addresses = addresses;
    for (Bootstrap each : List.of(ipv4, ipv6)) {
      SocketOptions.backend(each, listener.tcp(), listener.connectTimeout());
    }
  }

  private static Bootstrap prototype(SocketProtocolFamily family) {
    return new Bootstrap().channelFactory(() -> new EpollSocketChannel(family));
  }

  /** A connection to that host, or why there is none; completes on the loop. */
  Future<Channel> dial(HostPort host, EventLoop loop, ChannelHandler handler) {
    Promise<Channel> promise = loop.newPromise();
    Future<InetSocketAddress> resolved = addresses.resolve(host, loop);
    resolved.addListener(
        (Future<InetSocketAddress> address) -> {
          if (address.isSuccess()) {
            connect(address.getNow(), loop, handler, promise);
          } else {
            promise.setFailure(address.cause());
          }
        });
    return promise;
  }

  private void connect(
      InetSocketAddress address, EventLoop loop, ChannelHandler handler, Promise<Channel> promise) {
    Bootstrap prototype = address.getAddress() instanceof Inet4Address ? ipv4 : ipv6;
    ChannelFuture connecting = prototype.clone(loop).handler(handler).connect(address);
    connecting.addListener(
        done -> {
          if (done.isSuccess()) {
            promise.setSuccess(connecting.channel());
          } else {
            promise.setFailure(done.cause());
          }
        });
  }
}
