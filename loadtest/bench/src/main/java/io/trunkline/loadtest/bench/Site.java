package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where proxies are started, and what they lead to.
 *
 * @param directory for their files; certificates for TLS are in it
 * @param address that they listen on
 * @param prefix of every command, to enter a network namespace or to bind to a processor
 * @param postgres the cluster of the real PostgreSQL
 * @param fake that of the fake one
 * @param haproxy the binary that counts as the other HAProxy
 * @param trunkline the launcher
 */
record Site(
    Path directory,
    String address,
    List<String> prefix,
    StubPatroni postgres,
    StubPatroni fake,
    Path haproxy,
    Path trunkline) {
  /** As many as the issue of idle connections is about, and the default of max_connections. */
  static final int SESSIONS = 10_000;

  private static final AtomicInteger COUNT = new AtomicInteger();

  /** How many sessions the proxies are to take: the limit on open files leaves two for each. */
  static int mostSessions() {
    int files = Integer.parseInt(Project.run(5, "sh", "-c", "ulimit -Hn").strip());
    return Math.min(SESSIONS, (files - 500) / 2);
  }

  Site behind(List<String> otherPrefix, String otherAddress) {
    return new Site(directory, otherAddress, otherPrefix, postgres, fake, haproxy, trunkline);
  }

  Site leadingTo(StubPatroni otherFake) {
    return new Site(directory, address, prefix, postgres, otherFake, haproxy, trunkline);
  }

  /** With one cluster only, for both: the real PostgreSQL is out of reach there. */
  Site leadingOnlyTo(StubPatroni other) {
    return new Site(directory, address, prefix, other, other, haproxy, trunkline);
  }

  /** Starts the proxy of that way, which is the caller's to close. */
  Contender open(Way way) throws IOException {
    return switch (way.maker()) {
      case NONE ->
          new Contender(
              way,
              fake.address(),
              postgres.members().getFirst(),
              fake.members().getFirst(),
              java.util.Optional.empty());
      case HAPROXY -> Haproxy.open(this, way);
      case PGBOUNCER -> PgBouncer.open(this, way);
      case CHAIN -> Haproxy.beforePgBouncer(this, way);
      case RELAY -> Peer.relay(this, way);
      case TRUNKLINE -> Trunkline.open(this, way);
    };
  }

  /** Ends what says that servers are primaries. */
  void closeApis() {
    postgres.close();
    fake.close();
  }

  /** A new directory of one proxy, which every user may enter. */
  Path home(Way way) throws IOException {
    String name = way.name().toLowerCase(java.util.Locale.ROOT) + "-" + COUNT.incrementAndGet();
    return Files.createDirectory(directory.resolve(name));
  }

  Path certificate(String file) {
    return directory.resolve(file);
  }
}
