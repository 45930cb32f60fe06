package io.trunkline.importer.patroni;

import io.trunkline.importer.common.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Patroni's REST API is asked.
 *
 * @param method in capitals
 * @param uri path and query
 */
public record PatroniRequest(String method, String uri) {
  /** The port of the REST API, unless it is configured. */
  public static final String PORT = "8008";

  /**
   * Paths that nobody but Patroni would be asked for; not {@code /}, {@code /health} and the like.
   */
  private static final Set<String> ROLES =
      Text.words(
          """
          primary master read-write leader standby-leader standby_leader replica read-only sync
          synchronous async asynchronous quorum read-only-sync read-only-synchronous
          read-only-quorum
          """);

  private static final Pattern SIZE =
      Pattern.compile("(\\d{1,15})\\s*(b|kb|mb|gb|tb)?", Pattern.CASE_INSENSITIVE);

  /** A parameter of the query. */
  record Parameter(String name, String value) {}

  /** The path without slashes around. */
  public String name() {
    int query = uri.indexOf('?');
    int end = query < 0 ? uri.length() : query;
    while (end > 0 && uri.charAt(end - 1) == '/') {
      end--;
    }
    int start = 0;
    while (start < end && uri.charAt(start) == '/') {
      start++;
    }
    return uri.substring(start, end);
  }

  /** Whether it asks for a role by one of Patroni's own paths. */
  public boolean asksForRole() {
    return ROLES.contains(name());
  }

  List<Parameter> parameters() {
    int query = uri.indexOf('?');
    List<Parameter> parameters = new ArrayList<>();
    for (String text : query < 0 ? new String[0] : uri.substring(query + 1).split("&", -1)) {
      int equals = text.indexOf('=');
      if (equals > 0) {
        parameters.add(new Parameter(text.substring(0, equals), text.substring(equals + 1)));
      } else if (!text.isEmpty()) {
        parameters.add(new Parameter(text, ""));
      }
    }
    return parameters;
  }

  Optional<String> parameter(String name) {
    return parameters().stream()
        .filter(it -> it.name().equals(name) && !it.value().isEmpty())
        .map(Parameter::value)
        .findFirst();
  }

  boolean hasTag() {
    return parameters().stream().anyMatch(it -> it.name().startsWith("tag_"));
  }

  /**
   * A size as Patroni takes it, with a unit in any case or in bytes, as Trunkline writes it: at
   * least one byte; empty for what is no size.
   */
  static Optional<String> size(String text) {
    Matcher written = SIZE.matcher(text.strip());
    if (!written.matches()) {
      return Optional.empty();
    }
    long number = Math.max(1, Long.parseLong(written.group(1)));
    if (written.group(2) != null) {
      String unit = written.group(2).toUpperCase(Locale.ROOT);
      return Optional.of(number + (unit.equals("KB") ? "kB" : unit));
    }
    long bytes = number;
    String unit = "B";
    for (String larger : new String[] {"kB", "MB", "GB"}) {
      if (bytes % 1024 != 0) {
        break;
      }
      bytes /= 1024;
      unit = larger;
    }
    return Optional.of(bytes + unit);
  }
}
