package io.trunkline.config;

import java.time.Duration;

/** Reads {@code tcp}, within what the kernel takes (tcp(7)). */
final class TcpReader {
  static final TcpConfig DEFAULT =
      new TcpConfig(Duration.ofSeconds(10), Duration.ofSeconds(5), 3, Duration.ofMinutes(2));

  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofSeconds(32_767);

  private TcpReader() {}

  static TcpConfig read(MappingReader in) {
    return new TcpConfig(
        wholeSeconds(in, "keepalive_idle", DEFAULT.keepaliveIdle()),
        wholeSeconds(in, "keepalive_interval", DEFAULT.keepaliveInterval()),
        in.integer("keepalive_count", DEFAULT.keepaliveCount(), 1, 127),
        in.duration("user_timeout", DEFAULT.userTimeout(), Duration.ZERO, Duration.ofHours(1)));
  }

  private static Duration wholeSeconds(MappingReader in, String key, Duration byDefault) {
    Duration duration = in.duration(key, byDefault, LEAST, MOST);
    if (duration.toMillisPart() != 0) {
      in.problem(key, "must be whole seconds, as in " + duration.toSeconds() + "s");
    }
    return duration;
  }
}
