package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A load during which the proxy's system calls are counted, by perf-stat(1) and the kernel's
 * tracepoints: they cost little, where strace(1) would change what it counts.
 *
 * @param report where perf writes
 */
record Counted(Path report, Load load) implements Load {
  /** Of the load, before and after the counting. */
  private static final double MARGIN_SECONDS = 1;

  private static final String ALL = "raw_syscalls:sys_enter";
  private static final String PREFIX = "syscalls:sys_enter_";
  private static final Set<String> READS = Set.of("read", "readv", "recvfrom", "recvmsg");
  private static final Set<String> WRITES = Set.of("write", "writev", "sendto", "sendmsg");
  private static final Set<String> WAITS = Set.of("epoll_wait", "epoll_pwait", "epoll_pwait2");
  private static final Set<String> CONTROL = Set.of("epoll_ctl");

  @Override
  public Sample run(Contender contender, double seconds) throws IOException, InterruptedException {
    long pid = contender.daemon().pid();
    double allocated = contender.way().trunkline() ? Allocated.bytes(pid) : 0;
    Modes before = Modes.of(pid);
    Files.deleteIfExists(report);
    Process perf = count(pid, seconds);
    Sample sample;
    try {
      sample = load.run(contender, seconds + 2 * MARGIN_SECONDS);
    } finally {
      perf.waitFor();
    }
    Modes taken = Modes.of(pid).since(before);
    double perSecond = sample.get(Figure.THROUGHPUT).orElseThrow();
    double units = perSecond * (seconds + 2 * MARGIN_SECONDS);
    if (perf.exitValue() != 0) {
      throw new LabException("perf stat ended with " + perf.exitValue());
    }
    Map<String, Double> calls = calls();
    double all = calls.getOrDefault(ALL, 0.0);
    if (all == 0) {
      throw new LabException("perf has counted nothing: " + Files.readString(report));
    }
    double perCall = 1 / (perSecond * seconds);
    double reads = sum(calls, READS);
    double writes = sum(calls, WRITES);
    double waits = sum(calls, WAITS);
    double control = sum(calls, CONTROL);
    Sample counted =
        Sample.of(Figure.THROUGHPUT, perSecond)
            .with(Figure.USER, taken.user() * 1e6 / units)
            .with(Figure.KERNEL, taken.kernel() * 1e6 / units)
            .with(Figure.READS, reads * perCall)
            .with(Figure.WRITES, writes * perCall)
            .with(Figure.WAITS, waits * perCall)
            .with(Figure.CONTROL, control * perCall)
            .with(Figure.OTHER_CALLS, (all - reads - writes - waits - control) * perCall);
    return contender.way().trunkline()
        ? counted.with(Figure.ALLOCATED, (Allocated.bytes(pid) - allocated) / units)
        : counted;
  }

  private Process count(long pid, double seconds) throws IOException {
    List<String> events = new ArrayList<>();
    events.add(ALL);
    for (Set<String> group : List.of(READS, WRITES, WAITS, CONTROL)) {
      group.forEach(name -> events.add(PREFIX + name));
    }
    String command =
        "sleep %s; exec perf stat -x, -o %s -e %s -p %d sleep %s"
            .formatted(MARGIN_SECONDS, report, String.join(",", events), pid, seconds);
    return new ProcessBuilder("sh", "-c", command).inheritIO().start();
  }

  private Map<String, Double> calls() throws IOException {
    return Files.readAllLines(report).stream()
        .map(line -> line.split(",", -1))
        .filter(fields -> fields.length > 2 && fields[0].matches("\\d+"))
        .collect(Collectors.toMap(fields -> fields[2], fields -> Double.valueOf(fields[0])));
  }

  private static double sum(Map<String, Double> calls, Set<String> names) {
    return names.stream().mapToDouble(name -> calls.getOrDefault(PREFIX + name, 0.0)).sum();
  }
}
