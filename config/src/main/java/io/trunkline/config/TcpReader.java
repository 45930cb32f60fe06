package io.trunkline.config;

import java.time.Duration;
import java.util.Optional;

/** Reads {@code tcp}, within what the kernel takes (tcp(7)). */
final class TcpReader {
  private static final Type<Duration> TIME = Type.duration("1s", "32767s");
  private static final Type<Duration> SECONDS =
      new Type<>(TIME.words().replace(",", ", whole seconds,"), TcpReader::wholeSeconds);

  static final Section<TcpConfig> KEYS = new Section<>("listeners[].tcp");
  static final Key<Duration> KEEPALIVE_IDLE =
      KEYS.key("keepalive_idle", SECONDS.or(Duration.ofSeconds(10)), TcpConfig::keepaliveIdle)
          .means("Silence before the first probe (TCP_KEEPIDLE).");
  static final Key<Duration> KEEPALIVE_INTERVAL =
      KEYS.key(
              "keepalive_interval", SECONDS.or(Duration.ofSeconds(5)), TcpConfig::keepaliveInterval)
          .means("Between probes (TCP_KEEPINTVL).");
  static final Key<Integer> KEEPALIVE_COUNT =
      KEYS.key("keepalive_count", Type.integer(1, 127).or(3), TcpConfig::keepaliveCount)
          .means("Unanswered probes that end the session (TCP_KEEPCNT).");
  static final Key<Duration> USER_TIMEOUT =
      KEYS.key("user_timeout", Type.duration("0s", "1h", "2m"), TcpConfig::userTimeout)
          .means(
              "How long sent data may stay unacknowledged (TCP_USER_TIMEOUT); `0s` leaves it to the"
                  + " kernel. Linux counts a peer that is alive but reads nothing, too: a client"
                  + " that stops reading in the middle of a result for longer than this loses its"
                  + " session.");

  private TcpReader() {}

  static TcpConfig read(MappingReader in) {
    return new TcpConfig(
        in.get(KEEPALIVE_IDLE),
        in.get(KEEPALIVE_INTERVAL),
        in.get(KEEPALIVE_COUNT),
        in.get(USER_TIMEOUT));
  }

  private static Optional<Duration> wholeSeconds(MappingReader in, String name) {
    Optional<Duration> time = TIME.reading().of(in, name);
    time.filter(found -> found.toMillisPart() != 0)
        .ifPresent(
            found -> in.problem(name, "must be whole seconds, as in " + found.toSeconds() + "s"));
    return time;
  }
}
