package io.trunkline.loadtest.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The lines of PostgreSQL's own log that tell when it accepted writes. */
record ServerLog(List<Entry> entries) {
  private static final Pattern LINE = Pattern.compile("^(\\S+) (\\S+) UTC \\[\\d+] LOG: +(.*)");
  private static final String READY = "database system is ready to accept connections";
  private static final Pattern END =
      Pattern.compile("received \\w+ shutdown request|starting PostgreSQL .*");

  record Entry(Instant at, String text) {}

  static ServerLog read(Member member) {
    return parse(lines(member.file("log/postgresql.log")));
  }

  static ServerLog parse(List<String> lines) {
    return new ServerLog(
        lines.stream()
            .map(LINE::matcher)
            .filter(Matcher::find)
            .map(m -> new Entry(Instant.parse(m.group(1) + "T" + m.group(2) + "Z"), m.group(3)))
            .toList());
  }

  /** When it said that it accepts connections as a primary. */
  List<Instant> ready() {
    return entries.stream().filter(e -> e.text().equals(READY)).map(Entry::at).toList();
  }

  List<Tenure> tenures(String member) {
    List<Tenure> tenures = new ArrayList<>();
    Instant from = null;
    for (Entry entry : entries) {
      if (entry.text().equals(READY) && from == null) {
        from = entry.at();
      } else if (END.matcher(entry.text()).matches()) {
        add(tenures, member, from, entry.at());
        from = null;
      }
    }
    add(tenures, member, from, Instant.MAX);
    return tenures;
  }

  private static void add(
      List<Tenure> tenures, String member, @Nullable Instant from, Instant until) {
    if (from != null) {
      tenures.add(new Tenure(member, from, until));
    }
  }

  static List<String> lines(Path file) {
    try {
      return Files.exists(file)
          ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
