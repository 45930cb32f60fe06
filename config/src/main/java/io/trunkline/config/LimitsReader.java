package io.trunkline.config;

/** Reads {@code limits}. */
final class LimitsReader {
  static final Type<Integer> MANY = Type.integer(1, 1_000_000);
  private static final Type<Integer> CAP = MANY.or(10_000);

  static final Section<LimitsConfig> KEYS = new Section<>("listeners[].limits");
  static final Key<Integer> MAX_CONNECTIONS =
      KEYS.key("max_connections", CAP, LimitsConfig::maxConnections)
          .means("Of the listener as a whole.");
  static final Key<Integer> MAX_CONNECTIONS_PER_BACKEND =
      KEYS.key("max_connections_per_backend", CAP, LimitsConfig::maxConnectionsPerBackend)
          .means("To one member.");
  static final Key<Integer> MAX_CONNECTIONS_PER_ADDRESS =
      KEYS.key("max_connections_per_address", CAP, LimitsConfig::maxConnectionsPerAddress)
          .means("From one client address.");
  static final Key<Integer> CONNECTION_RATE =
      KEYS.key("connection_rate", MANY, LimitsConfig::connectionRate)
          .without("no limit")
          .means(
              "New connections per second, of the listener as a whole. One second's worth may come"
                  + " at once.");
  static final Key<Integer> CONNECTION_RATE_PER_ADDRESS =
      KEYS.key("connection_rate_per_address", MANY, LimitsConfig::connectionRatePerAddress)
          .without("no limit")
          .means("The same, from one client address. The last 65536 addresses are remembered.");
  static final Key<Integer> MAX_STARTUP_SIZE =
      KEYS.key(
              "max_startup_size",
              Type.integer(8, LimitsConfig.LARGEST_STARTUP).or(LimitsConfig.LARGEST_STARTUP),
              LimitsConfig::maxStartupSize)
          .means(
              "Of a startup packet, in bytes, with its length word; longer ones are refused with"
                  + " 08P01.");

  private LimitsReader() {}

  static LimitsConfig read(MappingReader in) {
    return new LimitsConfig(
        in.get(MAX_CONNECTIONS),
        in.get(MAX_CONNECTIONS_PER_BACKEND),
        in.get(MAX_CONNECTIONS_PER_ADDRESS),
        in.findInt(CONNECTION_RATE),
        in.findInt(CONNECTION_RATE_PER_ADDRESS),
        in.get(MAX_STARTUP_SIZE));
  }
}
