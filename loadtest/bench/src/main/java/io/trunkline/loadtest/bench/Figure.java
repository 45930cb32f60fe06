package io.trunkline.loadtest.bench;

/** What is measured of a load. */
enum Figure {
  THROUGHPUT("throughput", "/s", 0, true),
  MEAN("mean latency", "µs", 0, false),
  P50("p50", "µs", 0, false),
  P99("p99", "µs", 0, false),
  P999("p99.9", "µs", 0, false),
  /** The process itself, per unit of work, from {@code /proc/PID/stat}. */
  PROXY_CPU("CPU of the proxy", "µs", 2, false),
  /** All processors, whoever was busy, per unit of work, from {@code /proc/stat}. */
  MACHINE_CPU("CPU of the machine", "µs", 2, false),
  /** Of the proxy: in its own code, and in the kernel on its behalf. */
  USER("user time", "µs", 2, false),
  KERNEL("kernel time", "µs", 2, false),
  READS("reads", "", 2, false),
  WRITES("writes", "", 2, false),
  WAITS("epoll_wait", "", 2, false),
  CONTROL("epoll_ctl", "", 2, false),
  OTHER_CALLS("other system calls", "", 2, false),
  /** Heap memory, of the event loops of sessions. */
  ALLOCATED("allocated", "bytes", 0, false),
  /** The worst second of the run. */
  LEAST("worst second", "/s", 0, true),
  /** Resident memory per connection, above that of none. */
  MEMORY_EACH("memory per connection", "kB", 1, false),
  OPENING("time to open them", "s", 2, false),
  READY("exec to ready", "ms", 0, false),
  RESIDENT("resident memory", "MB", 1, false),
  RESIDENT_AFTER("resident memory after the load", "MB", 1, false),
  PAUSES("pauses of its JVM", "", 0, false),
  LONG_PAUSES("longer than 5 ms", "", 0, false),
  LONGEST_PAUSE("the longest", "ms", 1, false),
  BACK("until all are back", "s", 2, false),
  CPU_SPENT("CPU of the proxy", "s", 2, false),
  /** What a bulk stream beside them adds to the 99th percentile. */
  P99_RISE("rise of p99", "µs", 0, false),
  /** What the bulk stream beside them got. */
  BULK_BESIDE("the bulk stream", "MB/s", 0, true);

  private final String title;
  private final String unit;
  private final int decimals;
  private final boolean moreIsBetter;

  Figure(String title, String unit, int decimals, boolean moreIsBetter) {
    this.title = title;
    this.unit = unit;
    this.decimals = decimals;
    this.moreIsBetter = moreIsBetter;
  }

  String title() {
    return title;
  }

  String unit() {
    return unit;
  }

  int decimals() {
    return decimals;
  }

  boolean moreIsBetter() {
    return moreIsBetter;
  }

  /** Whether it is about one unit of work: a transaction, a megabyte, a connection. */
  boolean perUnit() {
    return switch (this) {
      case PROXY_CPU,
          MACHINE_CPU,
          USER,
          KERNEL,
          READS,
          WRITES,
          WAITS,
          CONTROL,
          OTHER_CALLS,
          ALLOCATED ->
          true;
      default -> false;
    };
  }
}
