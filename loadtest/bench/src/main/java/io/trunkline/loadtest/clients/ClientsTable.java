package io.trunkline.loadtest.clients;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.Project;
import io.trunkline.loadtest.verdict.MeasuredPart;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Measures what clients see when the primary moves: {@code ClientsTable RUNS CLIENTS LISTENERS
 * EVENTS}, the last three lists with commas, or {@code all}. When no client and no listener was
 * left out, the tables of {@code docs/clients.md} are written anew; what was measured is printed in
 * any case, and left in {@code loadtest/bench/target/clients}.
 */
public final class ClientsTable {
  private static final Path PAGE = Project.file("docs/clients.md");
  private static final OperatingSystemMXBean SYSTEM = ManagementFactory.getOperatingSystemMXBean();

  private ClientsTable() {}

  /**
   * @param args the number of runs, {@link Program}s, {@link Encryption}s, {@link Event}s
   */
  public static void main(String[] args) throws IOException, SQLException {
    int runs = Integer.parseInt(args[0]);
    List<Program> programs = chosen(Program.class, args[1]);
    List<Encryption> encryptions = chosen(Encryption.class, args[2]);
    List<Event> events = chosen(Event.class, args[3]);
    List<Cell> cells = new ArrayList<>();
    List<CancelTrial.Result> cancelled = new ArrayList<>();
    List<Double> loads = new ArrayList<>();
    try (Lab lab = Lab.start(ClientsLab.allClients())) {
      try {
        ClientsLab.furnish(lab);
        for (int run = 1; run <= runs; run++) {
          for (Encryption encryption : encryptions) {
            cancelled.addAll(new CancelTrial(lab, encryption).run(programs));
            for (Event event : events) {
              cells.addAll(measure(lab, programs, event, encryption));
              loads.add(SYSTEM.getSystemLoadAverage());
            }
          }
        }
      } catch (LabException e) {
        System.out.println("stopped after " + cells.size() + " cells: " + e.getMessage());
      } finally {
        lab.saveLogs(Project.file("loadtest/bench/target/clients-logs"));
      }
    }
    String markdown = loads(loads) + new ClientsReport(cells, cancelled).markdown();
    System.out.println(markdown);
    System.out.println("every cell: " + RawResults.save(cells));
    int all = Program.values().length * Encryption.values().length * events.size();
    if (cells.size() == all * runs) {
      Files.writeString(
          PAGE, new MeasuredPart("clients").replacedIn(Files.readString(PAGE), markdown));
      System.out.println("written: " + PAGE);
    } else {
      System.out.println(PAGE + " is left as it is: not everything was measured");
    }
  }

  /** The number of processes that ran or waited for a processor, over a minute. */
  private static String loads(List<Double> loads) {
    return String.format(
        Locale.ROOT,
        "The machine's load average was %.0f to %.0f on %d processors.\n\n",
        loads.stream().mapToDouble(l -> l).min().orElse(0),
        loads.stream().mapToDouble(l -> l).max().orElse(0),
        SYSTEM.getAvailableProcessors());
  }

  private static List<Cell> measure(
      Lab lab, List<Program> programs, Event event, Encryption encryption) throws SQLException {
    Instant start = Instant.now();
    ClientsLab.awaitSlot(lab);
    List<Cell> cells = new EventTrial(lab, programs, event, encryption).run();
    long seconds = Duration.between(start, Instant.now()).toSeconds();
    System.out.println(event + ", " + encryption + ": " + seconds + " s");
    return cells;
  }

  private static <E extends Enum<E>> List<E> chosen(Class<E> type, String names) {
    List<String> wanted = List.of(names.toUpperCase(Locale.ROOT).split(",", -1));
    List<E> all = List.of(type.getEnumConstants());
    List<String> known = all.stream().map(Enum::name).toList();
    if (!wanted.equals(List.of("ALL")) && !known.containsAll(wanted)) {
      throw new IllegalArgumentException(names + ": not among " + known + ", or all");
    }
    return Arrays.stream(type.getEnumConstants())
        .filter(each -> wanted.contains("ALL") || wanted.contains(each.name()))
        .toList();
  }
}
