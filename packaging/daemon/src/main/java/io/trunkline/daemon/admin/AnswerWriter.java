package io.trunkline.daemon.admin;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Iterator;

/**
 * Writes an answer in pieces, the next when those before it have been taken: so that it costs a few
 * kilobytes, however long it is and however slowly it is read.
 */
final class AnswerWriter {
  /** Characters. */
  static final int PIECE = 4 * 1024;

  private final ChannelHandlerContext ctx;
  private final Iterator<? extends CharSequence> pieces;
  private final ChannelPromise written;
  private boolean ended;

  /**
   * @param pieces of at most a few thousand characters each
   */
  AnswerWriter(ChannelHandlerContext ctx, Iterator<? extends CharSequence> pieces) {
    this.ctx = ctx;
    this.pieces = pieces;
    this.written = ctx.newPromise();
  }

  /** Completes when all has been sent. */
  ChannelFuture written() {
    return written;
  }

  /** Goes on; to be called whenever the connection can take more, also from within a flush. */
  void write() {
    while (!ended && takesMore()) {
      if (pieces.hasNext()) {
        ctx.write(new DefaultHttpContent(ByteBufUtil.writeUtf8(ctx.alloc(), pieces.next())));
      } else {
        ended = true;
        ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
            .addListener(
                sent -> {
                  if (sent.isSuccess()) {
                    written.trySuccess();
                  } else {
                    written.tryFailure(sent.cause());
                  }
                });
      }
    }
  }

  private boolean takesMore() {
    if (!ctx.channel().isWritable()) {
      ctx.flush();
    }
    return ctx.channel().isWritable();
  }

  /** A text in pieces; a character is not cut in two. */
  static Iterator<CharSequence> pieces(String text) {
    return new Iterator<>() {
      private int at;

      @Override
      public boolean hasNext() {
        return at < text.length();
      }

      @Override
      public CharSequence next() {
        int end = Math.min(text.length(), at + PIECE);
        if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
          end--;
        }
        String piece = text.substring(at, end);
        at = end;
        return piece;
      }
    };
  }
}
