package io.trunkline.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/** Forwards what happens on the client's socket. */
public final class ClientHandler extends ChannelInboundHandlerAdapter {
  private final Session session;

  public ClientHandler(Session session) {
    this.session = session;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    session.onClientConnected();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    session.onClientBytes((ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    session.onClientReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    session.onClientWritability();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      session.onClientFinished();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    session.onClientGone();
  }

  @Override
  @SuppressWarnings("deprecation") // declared for outbound exceptions too, as Netty documents
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    session.onClientFailed(cause);
  }
}
