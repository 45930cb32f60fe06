package io.trunkline.loadtest.soak;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.soak.History.Calm;
import io.trunkline.loadtest.soak.History.Position;
import io.trunkline.loadtest.soak.History.ProxyState;
import io.trunkline.loadtest.soak.History.ProxyStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** Looks at the proxies and at the primary, past the proxies. */
final class Observer implements AutoCloseable {
  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final String WRITTEN =
      "select pg_current_wal_lsn() - '0/0' where not pg_is_in_recovery()";

  private final Lab lab;
  private final String address;
  private final List<Repeated<ProxyStatus>> statuses = new ArrayList<>();
  private final Repeated<Position> positions;

  Observer(Lab lab, String address) {
    this.lab = lab;
    this.address = address;
    for (ProxyNode proxy : lab.proxies()) {
      statuses.add(Repeated.start("status-" + proxy.name(), EVERY, () -> status(proxy)));
    }
    positions = Repeated.start("positions", EVERY, this::position);
  }

  List<ProxyStatus> statuses() {
    return statuses.stream()
        .flatMap(each -> each.answers().stream())
        .sorted(Comparator.comparing(ProxyStatus::at))
        .toList();
  }

  List<Position> positions() {
    return positions.answers();
  }

  private static Optional<ProxyStatus> status(ProxyNode proxy) {
    try {
      proxy.jcmd("GC.run");
      JsonNode status = proxy.status();
      JsonNode write = status.path("clusters").path(0).path("write");
      return Optional.of(
          new ProxyStatus(
              Instant.now(),
              proxy.name(),
              true,
              write.path("state").asText(),
              sum(status, "queued"),
              write.path("sessions_blocked").asBoolean()));
    } catch (LabException e) {
      return Optional.of(new ProxyStatus(Instant.now(), proxy.name(), false, "", 0, false));
    }
  }

  private static int sum(JsonNode status, String key) {
    return StreamSupport.stream(status.path("listeners").spliterator(), false)
        .mapToInt(listener -> listener.path(key).asInt())
        .sum();
  }

  private Optional<Position> position() {
    for (Member member : lab.members()) {
      try {
        String written = member.ask(WRITTEN);
        if (!written.isEmpty()) {
          // It was there before it was told: at the latest now.
          return Optional.of(new Position(Instant.now(), member.name(), Long.parseLong(written)));
        }
      } catch (LabException e) {
        System.getLogger(Observer.class.getName())
            .log(System.Logger.Level.DEBUG, member + " does not tell its position", e);
      }
    }
    return Optional.empty();
  }

  /** What the proxies are now, after a full garbage collection. */
  Calm look(int round) {
    return new Calm(round, Instant.now(), lab.proxies().stream().map(this::state).toList());
  }

  private ProxyState state(ProxyNode proxy) {
    try {
      JsonNode status = proxy.status();
      String[] numbers = resources(proxy).split("\\s+", -1);
      if (numbers.length != 4) {
        throw new LabException("no resources of " + proxy + ": " + List.of(numbers));
      }
      return new ProxyState(
          proxy.name(),
          status.path("ready").asBoolean(),
          status.path("not_ready_because").asText(""),
          numbers[3].equals("1"),
          sum(status, "queued"),
          sum(status, "connections"),
          1024 * Long.parseLong(numbers[0]),
          heap(proxy.metrics()),
          Integer.parseInt(numbers[2]),
          Integer.parseInt(numbers[1]));
    } catch (LabException e) {
      String why = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
      return new ProxyState(proxy.name(), false, why, false, 0, 0, 0, 0, 0, 0);
    }
  }

  /** Resident kB, threads, descriptors, and whether the address is there. */
  private String resources(ProxyNode proxy) {
    String script =
        """
        pid=$(cat /lab/run/trunkline.pid)
        sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\).*/\\1/p; s/^Threads:[^0-9]*//p' /proc/$pid/status
        ls /proc/$pid/fd | wc -l
        ip -4 -o addr show dev eth0 | grep -c ' %s/' || true
        """
            .formatted(address);
    return proxy.exec("sh", "-c", script).strip();
  }

  private static long heap(String metrics) {
    return metrics
        .lines()
        .filter(line -> line.startsWith("trunkline_memory_used_bytes{") && line.contains("heap"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  @Override
  public void close() {
    statuses.forEach(Repeated::close);
    positions.close();
  }
}
