package io.trunkline.loadtest.clients;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Cancels a statement with each client's own means, and looks on the server whether it ended. */
final class CancelTrial {
  /** Of 30 s that the statement would take. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static final Duration SERVER = Duration.ofSeconds(2);
  private static final String RUNNING =
      "select count(*) from pg_stat_activity"
          + " where state = 'active' and query like 'select pg_sleep(30)%'";

  private final Lab lab;
  private final Encryption encryption;

  CancelTrial(Lab lab, Encryption encryption) {
    this.lab = lab;
    this.encryption = encryption;
  }

  /**
   * One client's cancelling.
   *
   * @param worked whether the statement ended on the server, long before its time
   */
  record Result(Program program, Encryption encryption, boolean worked) {}

  List<Result> run(List<Program> programs) {
    String run =
        "cancel-%s-%s"
            .formatted(
                encryption.name().toLowerCase(java.util.Locale.ROOT),
                Integer.toHexString(ThreadLocalRandom.current().nextInt()));
    List<Program> poolers =
        programs.stream().filter(program -> program == Program.POOLER_BEFORE).toList();
    List<Result> results = new ArrayList<>();
    try (Clients clients = Clients.start(lab, poolers, encryption, run + "-pooler")) {
      EventTrial.await("the pooler", LIMIT, () -> clients.working(Instant.EPOCH));
      lab.station(1).write("log/clients/" + run + "/README", "A cancelled statement each.\n");
      for (Program program : programs) {
        if (!program.cancel().isEmpty()) {
          results.add(new Result(program, encryption, worked(program, run)));
        }
      }
    }
    return results;
  }

  private boolean worked(Program program, String run) {
    Instant start = Instant.now();
    try {
      if (program == Program.PGJDBC) {
        PooledClient.cancel(lab.target(lab.proxy(1), encryption.port()), encryption);
      } else {
        Clients.cancel(lab, program, encryption, run);
      }
    } catch (SQLException | LabException e) {
      System.out.println(program + ", " + encryption + ": not cancelled: " + e.getMessage());
    }
    boolean early = Duration.between(start, Instant.now()).compareTo(LIMIT) < 0;
    return early && EventTrial.within(SERVER, () -> lab.primary().sql(RUNNING).equals("0"));
  }
}
