package io.trunkline.loadtest.takeover;

import io.trunkline.loadtest.takeover.Timeline.Span;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the probes have written, as of now. Moments are microseconds of Unix time; all machines of a
 * lab have one clock.
 */
final class Recording {
  /** More than any one takeover takes: 200 lines a second. */
  private static final int TAIL = 4 << 20;

  /** Two answers that are further apart are not of one time of ownership. */
  private static final long SILENCE = Duration.ofMillis(250).toNanos() / 1000;

  private final Path sessions;
  private final Path pings;
  private final Path arp;

  Recording(Path sessions, Path pings, Path arp) {
    this.sessions = sessions;
    this.pings = pings;
    this.arp = arp;
  }

  static long micros(Instant moment) {
    return moment.getEpochSecond() * 1_000_000 + moment.getNano() / 1000;
  }

  /** When new sessions were answered by a server. */
  List<Long> answered() {
    return lines(sessions, "ok ").map(words -> Long.parseLong(words[2])).sorted().toList();
  }

  /** How many attempts that began in that time failed, by cause. */
  Map<String, Long> failed(long from, long to) {
    return lines(sessions, "no ")
        .filter(words -> within(Long.parseLong(words[1]), from, to))
        .collect(
            Collectors.groupingBy(
                words -> String.join(" ", List.of(words).subList(3, words.length)),
                TreeMap::new,
                Collectors.counting()));
  }

  /** How many sessions that the client began in that time were answered and held open. */
  long opened(long from, long to) {
    return lines(sessions, "open ")
        .filter(words -> within(Long.parseLong(words[1]), from, to))
        .count();
  }

  /** When sessions that the client began in that time, and held open, were ended by the others. */
  List<Long> ended(long from, long to) {
    return lines(sessions, "held ")
        .filter(words -> within(Long.parseLong(words[1]), from, to))
        .map(words -> Long.parseLong(words[2]))
        .toList();
  }

  /** Whose hardware address the client had for the VIP at that moment. */
  String clientBelieves(long at) {
    return lines(sessions, "arp ")
        .filter(words -> Long.parseLong(words[1]) <= at)
        .reduce((_, last) -> last)
        .map(words -> words[2])
        .orElse("none");
  }

  /** When the client's ARP entry became that one for the last time, from that moment on. */
  Optional<Long> clientLearnt(String mac, long from) {
    return lines(sessions, "arp ")
        .filter(words -> Long.parseLong(words[1]) >= from && words[2].equals(mac))
        .map(words -> Long.parseLong(words[1]))
        .findFirst();
  }

  /** When pings were answered. */
  List<Long> pinged() {
    return lines(pings, "[")
        .filter(words -> words.length > 3 && words[2].equals("bytes"))
        .map(words -> seconds(words[0].substring(1, words[0].length() - 1)))
        .sorted()
        .toList();
  }

  /** The times during which each hardware address answered for the VIP. */
  Map<String, List<Span>> owners(long from, long to) {
    Map<String, List<Long>> answers =
        lines(arp, "")
            .filter(words -> words.length == 2 && within(Long.parseLong(words[0]), from, to))
            .collect(
                Collectors.groupingBy(
                    words -> words[1],
                    TreeMap::new,
                    Collectors.mapping(words -> Long.parseLong(words[0]), Collectors.toList())));
    Map<String, List<Span>> owners = new TreeMap<>();
    answers.forEach((mac, moments) -> owners.put(mac, Timeline.spans(moments, SILENCE)));
    return owners;
  }

  /**
   * When the address was last removed from a node, from that moment on, by the log of {@code ip -ts
   * monitor address} there.
   */
  static Optional<Long> removed(Path addresses, String address, long from) {
    return lines(addresses, "[")
        .filter(words -> words.length > 5 && words[1].equals("Deleted"))
        .filter(words -> List.of(words).stream().anyMatch(word -> word.startsWith(address + "/")))
        .map(words -> moment(words[0].substring(1, words[0].length() - 1)))
        .filter(at -> at >= from)
        .findFirst();
  }

  private static long moment(String text) {
    return micros(LocalDateTime.parse(text).toInstant(ZoneOffset.UTC));
  }

  private static long seconds(String text) {
    return new BigDecimal(text).movePointRight(6).longValue();
  }

  private static boolean within(long moment, long from, long to) {
    return from <= moment && moment <= to;
  }

  /** The whole lines at the end of the file that begin so, in words. */
  private static Stream<String[]> lines(Path file, String beginning) {
    return tail(file)
        .lines()
        .filter(line -> !line.startsWith("---") && line.startsWith(beginning))
        .map(line -> line.split(" +", -1));
  }

  private static String tail(Path file) {
    if (!Files.exists(file)) {
      return "";
    }
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      long skip = Math.max(0, in.length() - TAIL);
      byte[] bytes = new byte[(int) (in.length() - skip)];
      in.seek(skip);
      in.readFully(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      int begin = skip == 0 ? 0 : text.indexOf('\n') + 1;
      return text.substring(begin, text.lastIndexOf('\n') + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
