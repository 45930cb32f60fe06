package io.trunkline.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/** Forwards what happens on the member's socket. */
final class BackendHandler extends ChannelInboundHandlerAdapter {
  private final Session session;

  BackendHandler(Session session) {
    this.session = session;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    session.onBackendBytes((ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    session.onBackendReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    session.onBackendWritability();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      session.onBackendFinished();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    session.onBackendGone();
  }

  @Override
  @SuppressWarnings("deprecation") // declared for outbound exceptions too, as Netty documents
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    session.onBackendFailed(cause);
  }
}
