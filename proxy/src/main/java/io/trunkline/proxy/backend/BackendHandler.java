package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/** Forwards what happens on the member's socket. */
final class BackendHandler extends ChannelInboundHandlerAdapter {
  private final BackendConnection member;

  BackendHandler(BackendConnection member) {
    this.member = member;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    member.onBackendBytes(ctx.channel(), (ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    member.onBackendReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    member.onBackendWritability();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      member.onBackendFinished(ctx.channel());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    member.onBackendFinished(ctx.channel());
  }

  @Override
  @SuppressWarnings("deprecation") // declared for outbound exceptions too, as Netty documents
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    member.onBackendFailed(ctx.channel(), cause);
  }
}
