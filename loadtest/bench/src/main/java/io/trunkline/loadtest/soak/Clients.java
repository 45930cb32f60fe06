package io.trunkline.loadtest.soak;

import io.trunkline.loadtest.continuity.IdleSession;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.soak.History.Changed;
import io.trunkline.loadtest.soak.History.FreshRead;
import io.trunkline.loadtest.soak.History.Written;
import io.trunkline.loadtest.workload.Reader;
import io.trunkline.loadtest.workload.Sample;
import io.trunkline.loadtest.workload.Target;
import io.trunkline.loadtest.workload.Writer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Clients that come through the VIP: writers, readers, kept sessions, and such as come and go. */
final class Clients implements AutoCloseable {
  private static final int WRITERS = 2;
  private static final int KEPT = 4;
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration FRESH = Duration.ofMillis(500);
  private static final Duration IDLE = Duration.ofSeconds(3);
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** Longer than what counts as hanging. */
  private static final Duration PATIENCE = Checker.HANGS.plusSeconds(30);

  private static final String READ =
      """
      select host(inet_server_addr()), pg_is_in_recovery(),
             case when pg_is_in_recovery() then pg_last_wal_replay_lsn() - '0/0' end
      """;

  private final List<Writer> writers = new ArrayList<>();
  private final List<Reader> readers = new ArrayList<>();
  private final Repeated<FreshRead> fresh;
  private final List<Repeated<Changed>> kept = new ArrayList<>();

  /**
   * @param address of the VIP
   * @param authority the certificate of the CA of the proxies' listener with TLS
   */
  Clients(Lab lab, String address, Path authority) {
    Target write = lab.target(address, Site.WRITE).withTimeouts(CONNECT, PATIENCE, PATIENCE);
    Target read = write.at(address, Site.READ);
    Target tls = write.at(address, Site.TLS).withCaCertificate(authority);
    for (int i = 1; i <= WRITERS; i++) {
      writers.add(Writer.start("soak-" + i, write, TICK));
    }
    writers.add(Writer.start("soak-tls", tls, TICK));
    readers.add(Reader.start("soak", read));
    fresh = Repeated.start("fresh", FRESH, () -> fresh(read));
    for (int i = 1; i <= KEPT; i++) {
      Keeper keeper = new Keeper(write, i);
      kept.add(Repeated.start("kept-" + i, IDLE, keeper::ask));
    }
  }

  private static Optional<FreshRead> fresh(Target target) {
    Instant start = Instant.now();
    try (Connection connection = target.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(READ)) {
      row.next();
      return Optional.of(
          new FreshRead(start, Instant.now(), row.getString(1), row.getBoolean(2), row.getLong(3)));
    } catch (SQLException e) {
      return Optional.empty(); // somebody may be down; that all recovers, others check
    }
  }

  /** A session that lasts as long as it can, and says something now and then. */
  private static final class Keeper {
    private final Target target;
    private final int number;
    private @Nullable IdleSession session;

    Keeper(Target target, int number) {
      this.target = target;
      this.number = number;
    }

    /** Empty unless the session goes on as another one. */
    Optional<Changed> ask() {
      IdleSession open = session;
      try {
        if (open == null) {
          session = new IdleSession(target, number);
          return Optional.empty();
        }
        return open.isWhatItWas()
            ? Optional.empty()
            : Optional.of(new Changed(Instant.now(), "session " + number));
      } catch (SQLException e) {
        if (open != null) {
          open.close();
        }
        session = null;
        return Optional.empty();
      }
    }
  }

  /** Ends the writers; what each wrote is looked up at the primary. */
  List<Written> written(Target primary) throws SQLException {
    List<Written> written = new ArrayList<>();
    for (Writer writer : writers) {
      List<Sample> samples = writer.stop();
      written.add(new Written(writer.name(), samples, writer.surviving(primary)));
    }
    return written;
  }

  /** Ends the readers. */
  List<List<Sample>> reads() {
    return readers.stream().map(Reader::stop).toList();
  }

  List<FreshRead> freshReads() {
    return fresh.answers();
  }

  List<Changed> changed() {
    return kept.stream().flatMap(each -> each.answers().stream()).toList();
  }

  @Override
  public void close() {
    writers.forEach(Writer::close);
    readers.forEach(Reader::close);
    fresh.close();
    kept.forEach(Repeated::close);
  }
}
