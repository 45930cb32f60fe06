package io.trunkline.daemon.admin;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.trunkline.daemon.admin.EventHistory.Numbered;
import io.trunkline.daemon.status.StatusJson;

/**
 * One who follows live. While it does not take what was sent, nothing more is written: it misses
 * statuses, and gets the events later, as far as they are kept by then.
 */
final class FeedReader {
  /** A client that acknowledges nothing for so long is gone, in milliseconds. */
  private static final int GONE_AFTER = 30_000;

  private static final int RETRY_MILLIS = 2_000;

  private final Channel channel;
  private final Feed.Pace pace;
  private long seen;
  private long shown;
  private long tookAt;
  private long wroteAt;

  /**
   * A status in JSON.
   *
   * @param number grows by one with each
   */
  record Status(long number, String text) {}

  /**
   * @param seen the number of the last event that it has
   */
  FeedReader(Channel channel, Feed.Pace pace, long seen, long now) {
    this.channel = channel;
    this.pace = pace;
    this.seen = seen;
    this.tookAt = now;
    this.wroteAt = now;
    // Refused on the control socket, where a client that is gone is known to be.
    channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, GONE_AFTER);
    write("retry: " + RETRY_MILLIS + "\n\n");
  }

  void tell(Status status, EventHistory history, long now) {
    if (!channel.isWritable()) {
      if (now - tookAt > pace.patience().toNanos()) {
        dismiss();
      }
      return;
    }
    tookAt = now;
    String news = news(status, history);
    boolean beat = news.isEmpty() && now - wroteAt >= pace.beat().toNanos();
    if (beat || !news.isEmpty()) {
      wroteAt = now;
      write(beat ? ": still here\n\n" : news);
    }
  }

  void dismiss() {
    var _ = channel.close();
  }

  private String news(Status status, EventHistory history) {
    StringBuilder news = new StringBuilder();
    if (history.last() > seen) {
      for (Numbered event : history.since(seen)) {
        seen = event.seq();
        news.append("event: event\nid: ").append(seen).append("\ndata: ");
        news.append(StatusJson.write(EventsPage.report(event))).append("\n\n");
      }
    }
    if (shown != status.number()) {
      shown = status.number();
      news.append("event: status\ndata: ").append(status.text()).append("\n\n");
    }
    return news.toString();
  }

  private void write(String text) {
    var _ =
        channel.writeAndFlush(new DefaultHttpContent(ByteBufUtil.writeUtf8(channel.alloc(), text)));
  }
}
