package io.trunkline.daemon.admin;

/** {@code /api/v1/stream}: the status and the events as they come, as server-sent events. */
final class StreamPage {
  private static final String TYPE = "text/event-stream; charset=utf-8";

  private final Feed feed;

  StreamPage(Feed feed) {
    this.feed = feed;
  }

  AdminResponse show(AdminRequest request) {
    if (request.method().equals("HEAD")) {
      return AdminResponse.of(TYPE, "");
    }
    if (feed.full()) {
      return AdminResponse.text(
          503,
          "%d clients follow already, which is the limit; use /api/v1/status instead"
              .formatted(feed.readers()));
    }
    long since = request.header("last-event-id").map(StreamPage::number).orElse(0L);
    // Some reverse proxies keep an answer back until it is complete, unless told not to.
    return AdminResponse.stream(TYPE, channel -> feed.join(channel, since))
        .with("x-accel-buffering", "no");
  }

  /** What a browser says it saw last; from the beginning if that is no number. */
  private static long number(String text) {
    try {
      return Math.max(0, Long.parseLong(text));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
