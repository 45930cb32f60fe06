package io.trunkline.loadtest.verdict;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Verdicts side by side, as a table for people and as JSON for programs. */
public final class Report {
  private final List<Verdict> verdicts;

  public Report(List<Verdict> verdicts) {
    this.verdicts = List.copyOf(verdicts);
  }

  public Report(Verdict... verdicts) {
    this(List.of(verdicts));
  }

  /** One row per verdict, times in seconds. */
  public String table() {
    List<Map<String, @Nullable Object>> rows = rows();
    List<String> columns = List.copyOf(rows.getFirst().keySet());
    Map<String, Integer> widths = new LinkedHashMap<>();
    for (String column : columns) {
      int widest = rows.stream().mapToInt(row -> text(row.get(column)).length()).max().orElse(0);
      widths.put(column, Math.max(column.length(), widest));
    }
    String head =
        columns.stream().map(c -> pad(c, widths.get(c))).collect(Collectors.joining("  "));
    String body =
        rows.stream()
            .map(
                row ->
                    columns.stream()
                        .map(c -> pad(text(row.get(c)), widths.get(c)))
                        .collect(Collectors.joining("  ")))
            .collect(Collectors.joining("\n"));
    return head + "\n" + body + "\n";
  }

  /** An array with one object per verdict, times in milliseconds. */
  public String json() {
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(rows());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<Map<String, @Nullable Object>> rows() {
    return verdicts.stream().map(Report::row).toList();
  }

  private static Map<String, @Nullable Object> row(Verdict v) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("workload", v.name());
    row.put("commits", v.acknowledged());
    row.put("lost", v.lost());
    row.put("gap_ms", v.longestGap().length().toMillis());
    row.put("patroni_ms", v.patroniShare().toMillis());
    row.put("proxy_ms", v.proxyShare().toMillis());
    row.put("superseded_commits", v.supersededCommits());
    row.put("superseded_session_ms", v.supersededSession().map(Duration::toMillis).orElse(null));
    row.put("refused", v.connectionsRefused());
    row.put("failed", v.connectionsFailed());
    row.put("read_only", v.readOnly());
    row.put("unfinished", v.unfinished());
    row.put("sessions", v.sessions());
    row.put("errors", v.errors());
    return row;
  }

  private static String text(@Nullable Object value) {
    return value == null ? "-" : value.toString();
  }

  private static String pad(String text, int width) {
    return String.format(Locale.ROOT, "%-" + width + "s", text);
  }
}
