package io.trunkline.loadtest.clients;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.Promotion;
import io.trunkline.loadtest.workload.Target;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;

/**
 * One event, with all clients of one kind of listener at once: the blow, the recovery, the heal.
 */
final class EventTrial {
  private static final Duration WARM_UP = Duration.ofSeconds(60);
  private static final Duration PROMOTION = Duration.ofSeconds(60);

  /** For what clients do by themselves once there is a primary: longer than a backup takes. */
  private static final Duration RECOVERY = Duration.ofSeconds(45);

  private final Lab lab;
  private final List<Program> programs;
  private final Event event;
  private final Encryption encryption;

  EventTrial(Lab lab, List<Program> programs, Event event, Encryption encryption) {
    this.lab = lab;
    this.programs = programs;
    this.event = event;
    this.encryption = encryption;
  }

  /** Runs it; the lab is whole again when it returns. */
  List<Cell> run() throws SQLException {
    ClientsLab.awaitServing(lab);
    String run =
        "%s-%s-%s"
            .formatted(
                event.name().toLowerCase(java.util.Locale.ROOT),
                encryption.name().toLowerCase(java.util.Locale.ROOT),
                Integer.toHexString(ThreadLocalRandom.current().nextInt()));
    Member before = lab.primary();
    Map<Program, ClientLog> logs;
    Instant promoted;
    Instant settled;
    try (Clients clients = Clients.start(lab, programs, encryption, run)) {
      Instant start = Instant.now();
      if (!within(WARM_UP, () -> clients.working(start))) {
        throw new LabException(
            "do not work before anything happens: "
                + clients.missing(start)
                + "; see "
                + RawResults.save(run, clients));
      }
      event.strike(lab);
      await("another primary", PROMOTION, () -> !lab.primary().equals(before));
      settled = Instant.now();
      promoted = promoted();
      Instant since = settled;
      within(RECOVERY, () -> clients.working(since));
      logs = clients.logs();
      RawResults.save(run, clients);
    }
    lab.heal();
    List<Cell> cells = new ArrayList<>();
    for (Map.Entry<Program, ClientLog> entry : logs.entrySet()) {
      Program program = entry.getKey();
      Findings findings =
          Findings.of(
              program,
              entry.getValue(),
              promoted,
              settled,
              surviving(lab.direct(lab.primary()), Clients.writer(run, program)));
      cells.add(new Cell(program, encryption, event, findings));
    }
    return cells;
  }

  static void await(String what, Duration limit, BooleanSupplier condition) {
    if (!within(limit, condition)) {
      throw new LabException("not within " + limit.toMillis() + " ms: " + what);
    }
  }

  static boolean within(Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new LabException("interrupted", e);
      }
    }
    return true;
  }

  /** When the newest primary accepted writes. */
  private Instant promoted() {
    return lab.truth().promotions().stream()
        .map(Promotion::acceptsWrites)
        .reduce(Instant.EPOCH, (a, b) -> b);
  }

  private static Set<Long> surviving(Target server, String writer) throws SQLException {
    try (Connection connection = server.connect();
        PreparedStatement select =
            connection.prepareStatement("select id from writes where writer = ?")) {
      select.setString(1, writer);
      try (ResultSet rows = select.executeQuery()) {
        Set<Long> ids = new HashSet<>();
        while (rows.next()) {
          ids.add(rows.getLong(1));
        }
        return ids;
      }
    }
  }
}
